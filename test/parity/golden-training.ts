import type { Engine, NamedValues, TensorValue } from '@query2label/engine';
import { AdamW } from '@query2label/plugin-optimizers';
import { createForwardScope, gradientsOf } from '@query2label/sdk';
import type { tf } from '@query2label/sdk';
import { formulaImages } from '@query2label/sdk/testing';
import { forward } from './golden-model.js';
import type { Golden, GoldenModel } from './golden-model.js';

const STEPS = 5;

/** The normalised pictures of a configuration, `[batch, size, size, 3]`. */
export function picturesOf({ config }: Golden): TensorValue {
  return formulaImages(config.image_name, config.batch, config.img_size);
}

/** The extents of a batch of pictures. */
export function shape4(shape: readonly number[]): [number, number, number, number] {
  return [shape[0], shape[1], shape[2], shape[3]];
}

export interface Trained {
  readonly losses: readonly number[];
  /** Of the first step, as `gradient/<name>`. */
  readonly gradients: NamedValues;
  readonly state: NamedValues;
}

/** Five steps of AdamW with the official recipe's constants, at a constant learning rate and on one batch. */
export async function train(engine: Engine, model: GoldenModel, golden: Golden): Promise<Trained> {
  const optimizer = new AdamW().build({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decay: 'all' });
  const trainable = model.specs.filter(({ role }) => role === 'trainable');
  const buffers = model.specs.filter(({ role }) => role === 'buffer').map(({ name }) => name);
  const names = new Set([...trainable.map(({ name }) => name), ...buffers]);
  const constants = {
    ...model.tables,
    ...Object.fromEntries(Object.entries(model.values).filter(([name]) => !names.has(name))),
  };
  const state: Record<string, TensorValue> = Object.fromEntries(buffers.map((name) => [name, model.values[name]]));
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
      const { value, gradients, extras } = gradientsOf(() => {
        const statistics: Record<string, tf.Tensor> = {};
        const { logits } = forward(
          model,
          { ...current, ...fixed, ...parameters },
          inputs.images.as4D(...shape4(images.shape)),
          { onBufferUpdate: (name, tensor) => (statistics[name] = tensor) },
        );
        const scope = createForwardScope({ parameters: {}, training: true });
        const [rows, columns] = targets.shape;
        return { value: model.loss.forward(scope, logits, inputs.targets.as2D(rows, columns)), extras: statistics };
      }, parameters);
      const scalars = Object.fromEntries(
        Object.entries(inputs)
          .filter(([name]) => name.startsWith('scalar/'))
          .map(([name, tensor]) => [name.slice('scalar/'.length), tensor.asScalar()]),
      );
      const next: Record<string, tf.Tensor> = Object.fromEntries(
        buffers.map((name) => [name, extras[name] ?? current[name].clone()]),
      );
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
