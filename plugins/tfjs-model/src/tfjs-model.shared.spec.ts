import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createForwardScope, createParameterDeclarations, parseOptions, z } from '@query2label/sdk';
import type { WeightAssets } from '@query2label/sdk';
import { createEngine } from '@query2label/sdk/testing';
import { TfjsModel, tfjsModelOptions } from './index.js';

const shared = process.env.Q2L_SHARED;
const weights = join(shared ?? '', 'weights');
const assets: WeightAssets = {
  list: () => readdir(weights),
  read: (name) => readFile(join(weights, name)),
};
const known = z.object({
  outputShape: z.array(z.number()),
  outputMean: z.number(),
  outputMax: z.number(),
  pooledTop6: z.record(z.string(), z.number()),
});
const imageSize = { height: 224, width: 224 };

function build(options: Record<string, unknown>) {
  const parameters = createParameterDeclarations('backbone.0.');
  const parsed = parseOptions(tfjsModelOptions, { model: 'mobilenet-v1-tfjs', ...options }, 'backbone "tfjs-model"');
  return Promise.resolve(new TfjsModel().build(parsed, { imageSize, parameters, assets })).then((backbone) => ({
    backbone,
    parameters,
  }));
}

(shared === undefined ? describe.skip : describe)('tfjs-model on MobileNetV1', () => {
  const engine = createEngine();
  afterAll(async () => (await engine).dispose());

  it('gives the known answer on the compiled engine', async () => {
    const expected = known.parse(JSON.parse(await readFile(join(weights, 'mobilenet-v1-tfjs/check.json'), 'utf8')));
    const { backbone, parameters } = await build({});
    expect(backbone.featureMap).toEqual({ height: 7, width: 7, channels: 1024 });
    const constants = Object.fromEntries(
      await Promise.all(
        parameters.specs.map(async ({ name, shape, initializer }) => {
          const data = initializer.kind === 'values' ? await initializer.load() : new Float32Array();
          return [name, { dtype: 'float32' as const, shape, data }] as const;
        }),
      ),
    );
    const shape = [1, 224, 224, 3];
    const executable = await (
      await engine
    ).compile(
      ({ constants: tensors, inputs }) => ({
        outputs: {
          features: backbone.forward(
            createForwardScope({ parameters: tensors, training: false }),
            inputs.images.as4D(1, 224, 224, 3),
          ),
        },
      }),
      { constants, state: {}, inputs: { images: { dtype: 'float32', shape } } },
    );
    const data = Float32Array.from({ length: 224 * 224 * 3 }, (_, index) => {
      const [y, x, c] = [Math.floor(index / 672), Math.floor(index / 3) % 224, index % 3];
      return ((7 * x + 13 * y + 29 * c) % 256) / 127.5 - 1;
    });
    const { features } = await executable.run({ images: { dtype: 'float32', shape, data } });
    const values = Float32Array.from(features.data);
    expect(features.shape).toEqual(expected.outputShape);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(expected.outputMean, 4);
    expect(Math.max(...values)).toBeCloseTo(expected.outputMax, 2);
    for (const [channel, value] of Object.entries(expected.pooledTop6)) {
      const cells = values.filter((_, index) => index % 1024 === Number(channel));
      expect(cells.reduce((sum, cell) => sum + cell, 0) / 49).toBeCloseTo(value, 2);
    }
  });

  it('declares the weights it uses, frozen or trainable, statistics as buffers', async () => {
    const roles = async (trainable: boolean) =>
      new Set((await build({ trainable, layer: 'conv_pw_3_relu' })).parameters.specs.map(({ role }) => role));
    expect(await roles(false)).toEqual(new Set(['frozen', 'buffer']));
    expect(await roles(true)).toEqual(new Set(['trainable', 'buffer']));
  });

  it('names the valid layers when the layer is unknown', async () => {
    await expect(build({ layer: 'conv_pw_12_rely' })).rejects.toThrow(
      /did you mean "conv_pw_12_relu"\? .*conv1, conv1_bn, conv1_relu/,
    );
  });
});
