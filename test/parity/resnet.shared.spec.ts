import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine } from '@query2label/engine';
import type { Engine, NamedValues, TensorValue } from '@query2label/engine';
import { AdamW } from '@query2label/plugin-optimizers';
import { createForwardScope, gradientsOf } from '@query2label/sdk';
import type { tf } from '@query2label/sdk';
import { goldenImages } from './golden-hash.js';
import { forward, goldenFile, goldenModel } from './golden-model.js';
import type { Golden, GoldenModel } from './golden-model.js';

const shared = process.env.Q2L_SHARED;
const CONFIGURATIONS = [
  'r18-64',
  'r18-64-enc0dec1',
  'r18-64-enc2dec3',
  'r18-64-prenorm',
  'r18-64-selfall',
  'r18-64-selffirst',
  'r18-64-selfother',
  'r18-64-gelu',
  'r18-96',
];
const STEPS = 5;

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

function picturesOf({ config }: Golden): TensorValue {
  const { batch, img_size: size } = config;
  return { dtype: 'float32', shape: [batch, size, size, 3], data: goldenImages(config.image_name, batch, size) };
}

(shared === undefined ? describe.skip : describe)('Query2Label on ResNet against the official PyTorch code', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ threads: 2 });
  });
  afterAll(() => engine.dispose());

  describe.each(CONFIGURATIONS)('%s', (name) => {
    let golden: Golden;
    let model: GoldenModel;
    beforeAll(() => {
      golden = goldenFile.parse(JSON.parse(readFileSync(join(shared ?? '', `golden/public/${name}.json`), 'utf8')));
      model = goldenModel(golden);
    });

    it('declares the official state dict, but for the computed position table', () => {
      const role = { trainable: 'train', frozen: 'frozen', buffer: 'buffer' };
      const official = golden.state_dict.filter(([key]) => key !== 'backbone.1.pe');
      const unused = (key: string): boolean =>
        golden.config.enc_layers === 0 && key.startsWith('transformer.encoder.norm');
      expect(new Map(model.specs.map((spec) => [spec.name, [spec.shape, role[spec.role]]]))).toEqual(
        new Map(official.map(([key, shape, kind]) => [key, [shape, unused(key) ? 'frozen' : kind]])),
      );
      for (const [key, , , expected] of official) expect(norm(model.values[key].data)).toBeCloseTo(expected ?? 0, 3);
    });

    it('gives the same features, attention and logits', async () => {
      const images = picturesOf(golden);
      const executable = await engine.compile(
        ({ constants, inputs }) => {
          const result = forward(model, constants, inputs.images.as4D(...shape4(images.shape)), false);
          return { outputs: { ...result } };
        },
        { constants: { ...model.values, ...model.tables }, state: {}, inputs: { images } },
      );
      const { logits, features, attention } = await executable.run({ images });
      expect(largestDifference(logits.data, golden.logits_float64.flat())).toBeLessThan(2e-5);
      const [, channels, height, width] = golden.backbone_feature.shape;
      golden.backbone_feature.sample_index.forEach((index, sample) => {
        const [cell, map] = [index % (height * width), Math.floor(index / (height * width))];
        const [image, channel] = [Math.floor(map / channels), map % channels];
        const value = features.data[(image * height * width + cell) * channels + channel];
        expect(Math.abs(value - golden.backbone_feature.sample[sample])).toBeLessThan(2e-5);
      });
      const { labels, weights } = golden.cross_attention;
      weights.forEach((ofImage, image) =>
        ofImage.forEach((ofLabel, position) =>
          expect(largestDifference(averagedOverHeads(attention, image, labels[position]), ofLabel)).toBeLessThan(1e-5),
        ),
      );
      await executable.dispose();
    });

    it('gives the same gradients, losses and weights over five AdamW steps', async () => {
      const { losses, gradients, state } = await train(engine, model, golden);
      const { grad, losses_float64: expectedLosses, after_step5: after } = golden.training;
      losses.forEach((loss, step) => {
        const expected = expectedLosses[step];
        expect(Math.abs(loss - expected) / expected).toBeLessThan(step === 0 ? 1e-6 : 2e-3);
      });
      const scale = Math.max(...Object.values(grad).map((entry) => entry?.norm64 ?? 0));
      for (const [key, expected] of Object.entries(grad)) {
        if (expected === null) continue;
        const actual = gradients[`gradient/${key}`].data;
        // gradients that are zero in theory hold rounding noise
        const tolerance = 1e-3 * expected.norm64 + 1e-7 * scale;
        expect(Math.abs(norm(actual) - expected.norm64)).toBeLessThan(tolerance);
        const last = expected.index.length - 1;
        expect(Math.abs(actual[expected.index[last]] - expected.value64[last])).toBeLessThan(tolerance);
      }
      for (const [key, { norm: expected }] of Object.entries(after)) {
        const noise = 5e-4 * Math.sqrt(state[key].data.length);
        expect(Math.abs(norm(state[key].data) - expected)).toBeLessThan(noise);
      }
    });
  });
});

function shape4(shape: readonly number[]): [number, number, number, number] {
  return [shape[0], shape[1], shape[2], shape[3]];
}

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  return expected.reduce((largest, value, index) => Math.max(largest, Math.abs(actual[index] - value)), 0);
}

/** @param attention `[batch, heads, labels, cells]` */
function averagedOverHeads(attention: TensorValue, image: number, label: number): number[] {
  const [, heads, labels, cells] = attention.shape;
  return Array.from({ length: cells }, (_, cell) => {
    const weights = Array.from(
      { length: heads },
      (_head, head) => attention.data[((image * heads + head) * labels + label) * cells + cell],
    );
    return weights.reduce((sum, weight) => sum + weight, 0) / heads;
  });
}

interface Trained {
  readonly losses: readonly number[];
  /** Of the first step, as `gradient/<name>`. */
  readonly gradients: NamedValues;
  readonly state: NamedValues;
}

/** Five steps of AdamW with the official recipe's constants, at a constant learning rate and on one batch. */
async function train(engine: Engine, model: GoldenModel, golden: Golden): Promise<Trained> {
  const optimizer = new AdamW().build({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decay: 'all' });
  const trainable = model.specs.filter(({ role }) => role === 'trainable');
  const names = new Set(trainable.map(({ name }) => name));
  const constants = {
    ...model.tables,
    ...Object.fromEntries(Object.entries(model.values).filter(([name]) => !names.has(name))),
  };
  const state: Record<string, TensorValue> = {};
  for (const { name, shape } of trainable) {
    state[name] = model.values[name];
    for (const moment of optimizer.stateNames) {
      state[`${moment}/${name}`] = { dtype: 'float32', shape, data: new Float32Array(state[name].data.length) };
    }
  }
  const images = picturesOf(golden);
  const targets: TensorValue = {
    dtype: 'float32',
    shape: [golden.targets.length, golden.config.num_class],
    data: Float32Array.from(golden.targets.join(''), Number),
  };
  const scalarsAt = (step: number): NamedValues =>
    Object.fromEntries(
      Object.entries(optimizer.scalars(step, { learningRate: 1e-4 })).map(([name, value]) => [
        `scalar/${name}`,
        { dtype: 'float32', shape: [], data: Float32Array.of(value) },
      ]),
    );
  const executable = await engine.compile(
    ({ constants: fixed, state: current, inputs }) => {
      const parameters = Object.fromEntries(trainable.map(({ name }) => [name, current[name]]));
      const { value, gradients } = gradientsOf(() => {
        const { logits } = forward(
          model,
          { ...fixed, ...parameters },
          inputs.images.as4D(...shape4(images.shape)),
          true,
        );
        const scope = createForwardScope({ parameters: {}, training: true });
        const [rows, columns] = targets.shape;
        return { value: model.loss.forward(scope, logits, inputs.targets.as2D(rows, columns)) };
      }, parameters);
      const scalars = Object.fromEntries(
        Object.entries(inputs)
          .filter(([name]) => name.startsWith('scalar/'))
          .map(([name, tensor]) => [name.slice('scalar/'.length), tensor.asScalar()]),
      );
      const next: Record<string, tf.Tensor> = {};
      for (const spec of trainable) {
        const gradient = gradients[spec.name];
        if (gradient === undefined) throw new Error(`No gradient for ${spec.name}.`);
        const moments = Object.fromEntries(
          optimizer.stateNames.map((moment) => [moment, current[`${moment}/${spec.name}`]]),
        );
        const update = optimizer.update(spec, current[spec.name], gradient, moments, scalars);
        next[spec.name] = update.parameter;
        for (const [moment, tensor] of Object.entries(update.state)) next[`${moment}/${spec.name}`] = tensor;
      }
      const named = Object.entries(gradients).flatMap(([name, gradient]) =>
        gradient === undefined ? [] : [[`gradient/${name}`, gradient] as const],
      );
      return { outputs: { loss: value, ...Object.fromEntries(named) }, state: next };
    },
    { constants, state, inputs: { images, targets, ...scalarsAt(1) } },
  );
  await executable.writeState(state);
  const losses: number[] = [];
  let gradients: NamedValues = {};
  for (let step = 1; step <= STEPS; step++) {
    const outputs = await executable.run({ images, targets, ...scalarsAt(step) });
    losses.push(outputs.loss.data[0]);
    if (step === 1) gradients = outputs;
  }
  const trained = { losses, gradients, state: await executable.readState() };
  await executable.dispose();
  return trained;
}
