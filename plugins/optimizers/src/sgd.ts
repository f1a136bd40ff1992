import { Optimizer, tf, z } from '@query2label/sdk';
import type { BuiltOptimizer, OptimizerProvider } from '@query2label/sdk';
import { DECAY_CHOICES, isDecayed } from './decayed.js';

const options = z.strictObject({
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('Decay of the sum of gradients; a schedule that cycles momentum replaces it'),
  nesterov: z.boolean().default(false).describe('Look ahead along the momentum (Nesterov)'),
  weightDecay: z.number().min(0).default(0).describe('Added to the gradient, multiplied by the parameter (coupled)'),
  decay: z.enum(DECAY_CHOICES).default('all').describe('Parameters that decay'),
});
type SgdOptions = z.output<typeof options>;

/** Stochastic gradient descent with momentum, in PyTorch's form: the learning rate multiplies the sum, not what enters it. */
@Optimizer({ name: 'sgd', description: 'Stochastic gradient descent with momentum, as PyTorch computes it', options })
export class Sgd implements OptimizerProvider<SgdOptions> {
  build({ momentum: ownMomentum, nesterov, weightDecay, decay }: SgdOptions): BuiltOptimizer {
    return {
      stateNames: ['momentum_buffer'],
      scalars: (_step, { learningRate, momentum = ownMomentum }) => ({ learningRate, momentum }),
      update: (spec, parameter, gradient, state, scalars) => {
        const decayed = weightDecay > 0 && isDecayed(spec, decay);
        const slope = decayed ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient;
        const sum = tf.add(tf.mul(state.momentum_buffer, scalars.momentum), slope);
        const direction = nesterov ? tf.add(slope, tf.mul(sum, scalars.momentum)) : sum;
        return {
          parameter: tf.sub(parameter, tf.mul(direction, scalars.learningRate)),
          state: { momentum_buffer: sum },
        };
      },
    };
  }
}
