import { Optimizer, tf, z } from '@query2label/sdk';
import type { BuiltOptimizer, OptimizerProvider } from '@query2label/sdk';
import { DECAY_CHOICES, isDecayed } from './decayed.js';

const options = z.strictObject({
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('Decay of the mean of gradients; a schedule that cycles momentum replaces it'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('Decay of the mean of squared gradients'),
  epsilon: z.number().positive().default(1e-8).describe('Added to the denominator'),
  weightDecay: z.number().min(0).default(0.01).describe('Decoupled weight decay, multiplied by the learning rate'),
  decay: z.enum(DECAY_CHOICES).default('all').describe('Parameters that decay; the official recipe decays all'),
});
type AdamWOptions = z.output<typeof options>;

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019), step for step as PyTorch computes it: decay first, then the update
 * with bias corrections from the current `beta1`, epsilon added after the square root is corrected.
 */
@Optimizer({ name: 'adamw', description: 'Adam with decoupled weight decay, as PyTorch computes it', options })
export class AdamW implements OptimizerProvider<AdamWOptions> {
  build({ beta1: ownBeta1, beta2, epsilon, weightDecay, decay }: AdamWOptions): BuiltOptimizer {
    return {
      stateNames: ['exp_avg', 'exp_avg_sq'],
      scalars: (step, { learningRate, momentum: beta1 = ownBeta1 }) => ({
        beta1,
        oneMinusBeta1: 1 - beta1,
        stepSize: learningRate / (1 - beta1 ** step),
        secondCorrection: Math.sqrt(1 - beta2 ** step),
        decayFactor: 1 - learningRate * weightDecay,
      }),
      update: (spec, parameter, gradient, state, scalars) => {
        const decayed = weightDecay > 0 && isDecayed(spec, decay) ? tf.mul(parameter, scalars.decayFactor) : parameter;
        const mean = tf.add(tf.mul(state.exp_avg, scalars.beta1), tf.mul(gradient, scalars.oneMinusBeta1));
        const square = tf.add(tf.mul(state.exp_avg_sq, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const denominator = tf.add(tf.div(tf.sqrt(square), scalars.secondCorrection), epsilon);
        const change = tf.mul(tf.div(mean, denominator), scalars.stepSize);
        return { parameter: tf.sub(decayed, change), state: { exp_avg: mean, exp_avg_sq: square } };
      },
    };
  }
}
