import * as tf from '@tensorflow/tfjs';
import type { NamedTensors, NamedValues, Program } from '../engine.js';
import { seededValue } from './seeded.js';

/** The weights of a model, by name. */
export function weightsOf(model: tf.LayersModel): NamedValues {
  return Object.fromEntries(
    model.weights.map((weight) => {
      const tensor = weight.read();
      const data = Float32Array.from(tensor.dataSync());
      return [weight.name, { dtype: 'float32' as const, shape: tensor.shape, data }];
    }),
  );
}

/** Makes every weight random in `[0.1, 0.5)`, so that no layer is the identity. */
export function randomize(model: tf.LayersModel): tf.LayersModel {
  model.weights.forEach((weight, index) => {
    const { shape, data } = seededValue({ dtype: 'float32', shape: weight.shape.map(Number) }, 100 + index);
    const values = Float32Array.from(data, (value) => 0.3 + 0.2 * value);
    weight.write(tf.tensor(values, [...shape]));
  });
  return model;
}

/** Calls a model with other tensors in place of its weights. */
export function callWith(model: tf.LayersModel, weights: NamedTensors, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const read = model.weights.map((weight) => weight.read.bind(weight));
  model.weights.forEach((weight) => (weight.read = () => weights[weight.name]));
  try {
    const y = model.apply(inputs);
    if (!(y instanceof tf.Tensor)) throw new Error('The model has one output');
    return y;
  } finally {
    model.weights.forEach((weight, index) => (weight.read = read[index]));
  }
}

/** A program that runs a model on inputs `x0`, `x1`, ...; weights are constants. */
export function predictionOf(model: tf.LayersModel): Program {
  return ({ constants, inputs }) => ({ outputs: { y: callWith(model, constants, inputsIn(model, inputs)) } });
}

/** A program whose outputs are the gradients of a weighted sum of the result, for each trainable weight, which is an input. */
export function gradientsOf(model: tf.LayersModel): Program {
  return ({ inputs }) => {
    const names = model.trainableWeights.map(({ name }) => name);
    const images = inputsIn(model, inputs);
    const loss = (...tensors: tf.Tensor[]): tf.Tensor => {
      const weights = { ...inputs, ...Object.fromEntries(names.map((name, index) => [name, tensors[index]])) };
      const y = callWith(model, weights, images);
      return tf.sum(tf.mul(y, tf.cos(tf.reshape(tf.range(0, y.size), y.shape))));
    };
    const gradients = tf.grads(loss)(names.map((name) => inputs[name]));
    return { outputs: Object.fromEntries(names.map((name, index) => [name, gradients[index]])) };
  };
}

function inputsIn(model: tf.LayersModel, inputs: NamedTensors): tf.Tensor | tf.Tensor[] {
  const all = model.inputs.map((_, index) => inputs[`x${index}`]);
  return all.length === 1 ? all[0] : all;
}
