import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, runBackbone } from '@query2label/sdk/testing';
import { MobilenetV2 } from './index.js';

type Engine = Awaited<ReturnType<typeof createEngine>>;
type Values = ReturnType<Parameters<typeof runBackbone>[4]>;

interface Check {
  readonly featureMean: number;
  readonly pooledTop6: Readonly<Record<string, number>>;
  readonly logitsTop5: Readonly<Record<string, number>>;
  readonly logits0to3: readonly number[];
}

const shared = process.env.Q2L_SHARED;

/** The float32 tensors of a safetensors file whose names begin so. */
function readTensors(path: string, prefix: string): Values {
  const bytes = readFileSync(path);
  const headerEnd = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  return Object.fromEntries(
    Object.entries(header)
      .filter(([name]) => name.startsWith(prefix))
      .map(
        ([
          name,
          {
            shape,
            data_offsets: [begin, end],
          },
        ]) => [
          name,
          {
            dtype: 'float32',
            shape,
            data: new Float32Array(Uint8Array.from(bytes.subarray(headerEnd + begin, headerEnd + end)).buffer),
          },
        ],
      ),
  );
}

/** The float32 tensors of the backbone, with the names of one. */
function readWeights(path: string): Values {
  const tensors = Object.entries(readTensors(path, 'features.'));
  return Object.fromEntries(tensors.map(([name, value]) => [`backbone.0.${name}`, value]));
}

/** `pooled [1280]` to one of the 1000 logits. */
function logitOf(classifier: Values, pooled: (channel: number) => number, label: number): number {
  const weight = classifier['classifier.1.weight'].data;
  let sum = classifier['classifier.1.bias'].data[label];
  for (let channel = 0; channel < 1280; channel += 1) sum += weight[label * 1280 + channel] * pooled(channel);
  return sum;
}

/** The picture of the check file: bytes `(7x + 13y + 29c) mod 256`, as -1 to 1. */
function testPicture() {
  const data = new Float32Array(224 * 224 * 3);
  for (let place = 0; place < data.length; place += 1) {
    const [y, x, channel] = [Math.floor(place / 672), Math.floor(place / 3) % 224, place % 3];
    data[place] = ((7 * x + 13 * y + 29 * channel) % 256) / 127.5 - 1;
  }
  return { dtype: 'float32', shape: [1, 224, 224, 3], data } as const;
}

(shared === undefined ? describe.skip : describe)('MobileNetV2 with published weights', () => {
  const folder = join(shared ?? '', 'weights');
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ engine: 'onnxruntime', threads: 1 });
  });
  afterAll(() => engine.dispose());

  it.each([
    ['tensorflow', 'same'],
    ['symmetric', 'symmetric'],
  ] as const)('gives the features of PyTorch with %s padding', async (padding, name) => {
    const check = (JSON.parse(readFileSync(join(folder, 'mobilenet_v2.check.json'), 'utf8')) as Record<string, Check>)[
      name
    ];
    const weights = readWeights(join(folder, 'mobilenet_v2.safetensors'));
    const options = { padding, normalization: 'half', batchNormalization: 'frozen', width: 1 } as const;
    const { specs, features } = await runBackbone(engine, new MobilenetV2(), options, testPicture(), () => weights);
    expect(specs.map((spec) => spec.name).sort()).toEqual(Object.keys(weights).sort());
    const { data } = features;
    const mean = Float32Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
    expect(Math.abs(mean / check.featureMean - 1)).toBeLessThan(1e-4);
    const pooled = (channel: number): number => {
      let sum = 0;
      for (let cell = 0; cell < 49; cell += 1) sum += data[cell * 1280 + channel];
      return sum / 49;
    };
    for (const [channel, value] of Object.entries(check.pooledTop6)) {
      expect(Math.abs(pooled(Number(channel)) / value - 1)).toBeLessThan(1e-3);
    }
    const classifier = readTensors(join(folder, 'mobilenet_v2.safetensors'), 'classifier.');
    const stated = [...Object.entries(check.logitsTop5), ...Object.entries(check.logits0to3)];
    for (const [label, value] of stated) {
      expect(Math.abs(logitOf(classifier, pooled, Number(label)) - value)).toBeLessThan(
        1e-3 * Math.max(1, Math.abs(value)),
      );
    }
  });
});
