import { Optimizer, tf, z } from '@query2label/sdk';
import type { BuiltOptimizer, OptimizerProvider } from '@query2label/sdk';
import { ADAM_STATE, adamOptions, adamScalars, adamStep } from './adam-step.js';
import { DECAY_CHOICES, isDecayed } from './decayed.js';

const options = z.strictObject({
  ...adamOptions,
  weightDecay: z.number().min(0).default(0.01).describe('Decoupled weight decay, multiplied by the learning rate'),
  decay: z.enum(DECAY_CHOICES).default('all').describe('Parameters that decay; the official recipe decays all'),
});
type AdamWOptions = z.output<typeof options>;

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019), step for step as PyTorch computes it: decay first, then the update
 * with bias corrections from the current `beta1`.
 */
@Optimizer({ name: 'adamw', description: 'Adam with decoupled weight decay, as PyTorch computes it', options })
export class AdamW implements OptimizerProvider<AdamWOptions> {
  build({ weightDecay, decay, ...constants }: AdamWOptions): BuiltOptimizer {
    return {
      stateNames: ADAM_STATE,
      scalars: (step, schedule) => ({
        ...adamScalars(constants, step, schedule),
        decayFactor: 1 - schedule.learningRate * weightDecay,
      }),
      update: (spec, parameter, gradient, state, scalars) => {
        const decayed = weightDecay > 0 && isDecayed(spec, decay) ? tf.mul(parameter, scalars.decayFactor) : parameter;
        return adamStep(constants, decayed, gradient, state, scalars);
      },
    };
  }
}
