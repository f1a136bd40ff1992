import { Optimizer, tf, z } from '@query2label/sdk';
import type { BuiltOptimizer, OptimizerProvider, ParameterSpec } from '@query2label/sdk';
import { ADAM_STATE, adamOptions, adamScalars, adamStep } from './adam-step.js';

const options = z.strictObject({
  ...adamOptions,
  weightDecay: z
    .number()
    .min(0)
    .default(0.01)
    .describe('Added to the gradient, multiplied by the parameter (coupled), where the parameter decays'),
});
type AdamTrueWeightDecayOptions = z.output<typeof options>;

/**
 * The optimizer that the official code calls `Adam_twd`, number for number: Adam with coupled (L2) weight decay on tensors of more
 * than one dimension whose name does not end in `.bias`. So the bias of the group-wise layer, `fc.b` `[1, labels]`, decays.
 */
@Optimizer({
  name: 'adam-true-weight-decay',
  description: "Adam with weight decay in the gradient, sparing biases and norms: the official code's Adam_twd",
  options,
})
export class AdamTrueWeightDecay implements OptimizerProvider<AdamTrueWeightDecayOptions> {
  build({ weightDecay, ...constants }: AdamTrueWeightDecayOptions): BuiltOptimizer {
    return {
      stateNames: ADAM_STATE,
      scalars: (step, schedule) => adamScalars(constants, step, schedule),
      update: (spec, parameter, gradient, state, scalars) => {
        const slope = weightDecay > 0 && decays(spec) ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient;
        return adamStep(constants, parameter, slope, state, scalars);
      },
    };
  }
}

const decays = ({ name, shape }: ParameterSpec): boolean => shape.length > 1 && !name.endsWith('.bias');
