import * as tf from '@tensorflow/tfjs';
import type { ParameterDeclarations } from '../contracts/index.js';
import type { Layer } from './layer.js';

export interface BatchNormOptions {
  readonly channels: number;
  /** @default 1e-5, as in PyTorch */
  readonly epsilon?: number;
  /** Share of the new batch in the running statistics. @default 0.1, as in PyTorch */
  readonly momentum?: number;
  /** What multiplies the normalised values: `weight`, or `|weight| + epsilon` as in InPlace-ABN 1.1. @default 'weight' */
  readonly gain?: 'weight' | 'absolute';
}

/**
 * Batch normalisation over all dimensions but the last. In training it uses the batch's mean and biased variance, and moves
 * `running_mean` and `running_var` (unbiased) towards them; otherwise it uses the running ones.
 * Declares `weight`, `bias` and the buffers `running_mean`, `running_var`, each `[channels]`. PyTorch's `num_batches_tracked`, which nothing
 * reads where a momentum is given, is exported as 0.
 */
export function batchNorm(parameters: ParameterDeclarations, options: BatchNormOptions): Layer {
  const { channels, epsilon = 1e-5, momentum = 0.1 } = options;
  const weight = parameters.declare('weight', [channels], { kind: 'ones' });
  const bias = parameters.declare('bias', [channels], { kind: 'zeros' });
  const runningMean = parameters.declare('running_mean', [channels], { kind: 'zeros' }, 'buffer');
  const runningVariance = parameters.declare('running_var', [channels], { kind: 'ones' }, 'buffer');
  parameters.published('num_batches_tracked', [], () => new Float32Array(1), 'int32');
  return (scope, x) => {
    const declared = scope.parameter(weight);
    const gain = options.gain === 'absolute' ? tf.add(tf.abs(declared), epsilon) : declared;
    const offset = scope.parameter(bias);
    const oldMean = scope.parameter(runningMean);
    const oldVariance = scope.parameter(runningVariance);
    if (!scope.training) return scaleAndShift(x, oldMean, oldVariance, gain, offset, epsilon);
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const count = x.size / channels;
    const unbiased = tf.mul(variance, count / Math.max(1, count - 1));
    scope.updateBuffer(runningMean, blend(oldMean, mean, momentum));
    scope.updateBuffer(runningVariance, blend(oldVariance, unbiased, momentum));
    return scaleAndShift(x, mean, variance, gain, offset, epsilon);
  };
}

/**
 * Batch normalisation that never learns: four buffers `weight`, `bias`, `running_mean`, `running_var`, each `[channels]`, as in
 * the official code's backbones.
 */
export function frozenBatchNorm(parameters: ParameterDeclarations, options: BatchNormOptions): Layer {
  const { channels, epsilon = 1e-5 } = options;
  const weight = parameters.declare('weight', [channels], { kind: 'ones' }, 'buffer');
  const bias = parameters.declare('bias', [channels], { kind: 'zeros' }, 'buffer');
  const mean = parameters.declare('running_mean', [channels], { kind: 'zeros' }, 'buffer');
  const variance = parameters.declare('running_var', [channels], { kind: 'ones' }, 'buffer');
  return (scope, x) =>
    scaleAndShift(
      x,
      scope.parameter(mean),
      scope.parameter(variance),
      scope.parameter(weight),
      scope.parameter(bias),
      epsilon,
    );
}

function blend(old: tf.Tensor, fresh: tf.Tensor, share: number): tf.Tensor {
  return tf.add(tf.mul(old, 1 - share), tf.mul(fresh, share));
}

/** `(x - mean) / sqrt(variance + epsilon) * gain + offset`, with one multiplication and one addition for each element. */
function scaleAndShift(
  x: tf.Tensor4D,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gain: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
): tf.Tensor4D {
  const scale = tf.mul(gain, tf.rsqrt(tf.add(variance, epsilon)));
  const shift = tf.sub(offset, tf.mul(mean, scale));
  return tf.add<tf.Tensor4D>(tf.mul(x, scale), shift);
}
