import * as tf from '@tensorflow/tfjs';
import type { NamedTensors, NamedValues, Program, TensorSpec } from '../engine.js';
import { keyedUniform } from '../ops/keyed-uniform.js';
import { stopGradient } from '../ops/stop-gradient.js';
import { allocate, sizeOf } from '../tensor-value.js';
import { seededValue } from './seeded.js';

/** Sizes of the test network: a residual network, an attention decoder, an asymmetric loss, AdamW with an average. */
export interface NetworkSize {
  readonly batch: number;
  readonly image: number;
  readonly width: number;
  readonly hidden: number;
  readonly heads: number;
  readonly labels: number;
  readonly stages: number;
}

export const SMALL: NetworkSize = { batch: 2, image: 33, width: 4, hidden: 16, heads: 2, labels: 5, stages: 2 };

/** Parameters by name, in PyTorch's layouts. */
export function parametersOf(size: NetworkSize): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {};
  const declare = (name: string, ...shape: number[]) => (specs[name] = { dtype: 'float32', shape });
  const norm = (name: string, channels: number) =>
    ['weight', 'bias'].forEach((part) => declare(`${name}.${part}`, channels));
  const linear = (name: string, from: number, to: number) => {
    declare(`${name}.weight`, to, from);
    declare(`${name}.bias`, to);
  };
  declare('stem.weight', size.width, 3, 7, 7);
  norm('stem.bn', size.width);
  for (let stage = 0; stage < size.stages; stage++) {
    for (let block = 0; block < 2; block++) {
      const output = size.width << stage;
      const input = stage > 0 && block === 0 ? output >> 1 : output;
      const name = `layer${stage}.${block}`;
      declare(`${name}.conv1.weight`, output, input, 3, 3);
      norm(`${name}.bn1`, output);
      declare(`${name}.conv2.weight`, output, output, 3, 3);
      norm(`${name}.bn2`, output);
      if (input !== output) declare(`${name}.down.weight`, output, input, 1, 1);
    }
  }
  const channels = size.width << (size.stages - 1);
  linear('project', channels, size.hidden);
  declare('query', size.labels, size.hidden);
  declare('attention.in_proj_weight', 3 * size.hidden, size.hidden);
  declare('attention.in_proj_bias', 3 * size.hidden);
  linear('attention.out', size.hidden, size.hidden);
  linear('first', size.hidden, 4 * size.hidden);
  linear('second', 4 * size.hidden, size.hidden);
  norm('norm', size.hidden);
  declare('head.weight', size.labels, size.hidden);
  return specs;
}

type Parameters = NamedTensors;

function convolve(p: Parameters, name: string, x: tf.Tensor, stride: number, pad: number): tf.Tensor {
  return tf.conv2d(x as tf.Tensor4D, tf.transpose(p[`${name}.weight`], [2, 3, 1, 0]) as tf.Tensor4D, stride, pad);
}

/** Batch normalization with the statistics of the batch. */
function batchNorm(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const scale = tf.mul(p[`${name}.weight`], tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(tf.sub(x, mean), scale), p[`${name}.bias`]);
}

/** Normalization with fixed statistics: a scale and a shift. */
function affine(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(x, p[`${name}.weight`]), p[`${name}.bias`]);
}

function linear(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  // [..., in] -> [rows, in] -> [..., out]
  const rows = tf.reshape(x, [-1, x.shape[x.shape.length - 1]]);
  const product = tf.add(tf.matMul(rows, p[`${name}.weight`], false, true), p[`${name}.bias`]);
  return tf.reshape(product, [...x.shape.slice(0, -1), product.shape[1] ?? 0]);
}

function layerNorm(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), p[`${name}.weight`]), p[`${name}.bias`]);
}

function attend(p: Parameters, size: NetworkSize, query: tf.Tensor, memory: tf.Tensor): tf.Tensor {
  const width = size.hidden / size.heads;
  const project = (x: tf.Tensor, part: number) => {
    const weight = tf.slice(p['attention.in_proj_weight'], [part * size.hidden, 0], [size.hidden, size.hidden]);
    const bias = tf.slice(p['attention.in_proj_bias'], [part * size.hidden], [size.hidden]);
    const rows = tf.add(tf.matMul(tf.reshape(x, [-1, size.hidden]), weight, false, true), bias);
    // [batch * length, hidden] -> [batch, heads, length, width]
    return tf.transpose(tf.reshape(rows, [x.shape[0], x.shape[1] ?? 0, size.heads, width]), [0, 2, 1, 3]);
  };
  const scores = tf.mul(tf.matMul(project(query, 0), project(memory, 1), false, true), 1 / Math.sqrt(width));
  const mixed = tf.matMul(tf.softmax(scores), project(memory, 2));
  // [batch, heads, length, width] -> [batch, length, hidden]
  return linear(p, 'attention.out', tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), query.shape));
}

/** Logits `[batch, labels]` of images `[batch, height, width, 3]`. */
export function forward(
  p: Parameters,
  size: NetworkSize,
  images: tf.Tensor,
  key: tf.Tensor,
  statistics: boolean,
): tf.Tensor {
  const normalize = statistics ? batchNorm : affine;
  let x: tf.Tensor = tf.relu(normalize(p, 'stem.bn', convolve(p, 'stem', images, 2, 3)));
  x = tf.maxPool(x as tf.Tensor4D, 3, 2, 1);
  for (let stage = 0; stage < size.stages; stage++) {
    for (let block = 0; block < 2; block++) {
      const name = `layer${stage}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const inner = tf.relu(normalize(p, `${name}.bn1`, convolve(p, `${name}.conv1`, x, stride, 1)));
      const outer = normalize(p, `${name}.bn2`, convolve(p, `${name}.conv2`, inner, 1, 1));
      x = tf.relu(tf.add(outer, stride === 1 ? x : convolve(p, `${name}.down`, x, stride, 0)));
    }
  }
  const [batch, height = 0, width = 0, channels = 0] = x.shape;
  const memory = linear(p, 'project', tf.reshape(x, [batch, height * width, channels]));
  const query = tf.broadcastTo(tf.expandDims(p.query, 0), [batch, size.labels, size.hidden]);
  let target = layerNorm(p, 'norm', tf.add(query, attend(p, size, query, memory)));
  const kept = tf.cast(tf.less(keyedUniform(key, 1, target.shape), 0.9), 'float32');
  target = tf.mul(tf.mul(target, kept), 1 / 0.9);
  target = tf.add(target, linear(p, 'second', tf.relu(linear(p, 'first', target))));
  return tf.sum(tf.mul(target, p['head.weight']), -1);
}

/** The asymmetric loss, its focusing weights left out of the gradient. */
function asymmetricLoss(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const positive = tf.sigmoid(logits);
  const negative = tf.minimum(tf.add(tf.sub(1, positive), 0.05), 1);
  const misses = tf.sub(1, targets);
  const likelihood = tf.add(
    tf.mul(targets, tf.log(tf.maximum(positive, 1e-8))),
    tf.mul(misses, tf.log(tf.maximum(negative, 1e-8))),
  );
  const certainty = tf.add(tf.mul(positive, targets), tf.mul(negative, misses));
  const weight = stopGradient(tf.pow(tf.sub(1, certainty), tf.add(tf.mul(targets, 1), tf.mul(misses, 4))));
  return tf.neg(tf.sum(tf.mul(likelihood, weight)));
}

/** A whole training step: gradients clipped by their norm, AdamW, and an average of the parameters. */
export function trainingStep(size: NetworkSize, statistics: boolean): Program {
  const names = Object.keys(parametersOf(size));
  return ({ state, inputs }) => {
    const lossOf = (...tensors: tf.Tensor[]) => {
      const p = Object.fromEntries(names.map((name, index) => [name, tensors[index]]));
      const loss = asymmetricLoss(forward(p, size, inputs.images, inputs.key, statistics), inputs.targets);
      return loss.asScalar();
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => state[name]));
    const norm = tf.sqrt(tf.addN(grads.map((gradient) => tf.sum(tf.square(gradient)))));
    const factor = tf.minimum(tf.div(1, tf.add(norm, 1e-6)), 1);
    const next: Record<string, tf.Tensor> = {};
    names.forEach((name, index) => {
      const gradient = tf.mul(grads[index], factor);
      const first = tf.add(tf.mul(state[`m/${name}`], 0.9), tf.mul(gradient, 0.1));
      const second = tf.add(tf.mul(state[`v/${name}`], 0.999), tf.mul(tf.square(gradient), 0.001));
      const step = tf.div(first, tf.add(tf.sqrt(second), 1e-4));
      const updated = tf.sub(tf.mul(state[name], 0.9999), tf.mul(inputs.rate, step));
      Object.assign(next, { [name]: updated, [`m/${name}`]: first, [`v/${name}`]: second });
      next[`ema/${name}`] = tf.add(tf.mul(state[`ema/${name}`], 0.9), tf.mul(updated, 0.1));
    });
    return { outputs: { loss: value, norm }, state: next };
  };
}

/** First values of the state of a training step. */
export function initialState(size: NetworkSize): NamedValues {
  const entries = Object.entries(parametersOf(size)).flatMap(([name, spec], index) => {
    const value = seededValue(spec, index + 1);
    const fan = spec.shape.length > 1 ? sizeOf(spec.shape.slice(1)) : 1;
    const isScale = name.includes('bn') || name.startsWith('norm');
    const data = value.data.map((element: number) =>
      isScale && name.endsWith('weight') ? 1 + element / 5 : element / Math.sqrt(fan),
    );
    const parameter = { ...value, data };
    const zeros = () => ({ ...spec, data: allocate('float32', sizeOf(spec.shape)) });
    return [
      [name, parameter],
      [`m/${name}`, zeros()],
      [`v/${name}`, zeros()],
      [`ema/${name}`, parameter],
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** Inputs of a step. */
export function inputsOf(size: NetworkSize, step: number): NamedValues {
  const images = seededValue({ dtype: 'float32', shape: [size.batch, size.image, size.image, 3] }, 1000 + step);
  const marks = seededValue({ dtype: 'bool', shape: [size.batch, size.labels] }, 2000 + step);
  return {
    images,
    targets: { dtype: 'float32', shape: marks.shape, data: Float32Array.from(marks.data) },
    key: { dtype: 'int32', shape: [2], data: Int32Array.of(7, step) },
    rate: { dtype: 'float32', shape: [], data: Float32Array.of(0.001) },
  };
}
