import { tf, z } from '@query2label/sdk';
import type { OptimizerUpdate, ScheduleValues } from '@query2label/sdk';

/** The options that every kind of Adam has. */
export const adamOptions = {
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('Decay of the mean of gradients; a schedule that cycles momentum replaces it'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('Decay of the mean of squared gradients'),
  epsilon: z.number().positive().default(1e-8).describe('Added to the denominator'),
} as const;

export interface AdamConstants {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What Adam keeps for each parameter, under PyTorch's names. */
export const ADAM_STATE = ['exp_avg', 'exp_avg_sq'] as const;

/**
 * Scalars of one step, bias corrections from the `beta1` in force.
 * @param step 1 for the first step
 */
export function adamScalars(
  { beta1: ownBeta1, beta2 }: AdamConstants,
  step: number,
  { learningRate, momentum: beta1 = ownBeta1 }: ScheduleValues,
): Record<'beta1' | 'oneMinusBeta1' | 'stepSize' | 'secondCorrection', number> {
  return {
    beta1,
    oneMinusBeta1: 1 - beta1,
    stepSize: learningRate / (1 - beta1 ** step),
    secondCorrection: Math.sqrt(1 - beta2 ** step),
  };
}

/** Adam's update (Kingma & Ba, 2015) as PyTorch computes it: epsilon is added after the square root is corrected. */
export function adamStep(
  { beta2, epsilon }: AdamConstants,
  parameter: tf.Tensor,
  gradient: tf.Tensor,
  state: Readonly<Record<string, tf.Tensor>>,
  scalars: Readonly<Record<string, tf.Scalar>>,
): OptimizerUpdate {
  const mean = tf.add(tf.mul(state.exp_avg, scalars.beta1), tf.mul(gradient, scalars.oneMinusBeta1));
  const square = tf.add(tf.mul(state.exp_avg_sq, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const denominator = tf.add(tf.div(tf.sqrt(square), scalars.secondCorrection), epsilon);
  const change = tf.mul(tf.div(mean, denominator), scalars.stepSize);
  return { parameter: tf.sub(parameter, change), state: { exp_avg: mean, exp_avg_sq: square } };
}
