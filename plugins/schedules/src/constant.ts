import { Schedule, z } from '@query2label/sdk';
import type { BuiltSchedule, ScheduleContext, ScheduleProvider } from '@query2label/sdk';
import { checkStep } from './step-range.js';
import { warmUpOptions, warmUpRate, warmUpSteps } from './warm-up.js';

const options = z.strictObject(warmUpOptions);
type ConstantOptions = z.output<typeof options>;

/** The recipe's learning rate throughout, after a linear warm-up if one is asked for. */
@Schedule({ name: 'constant', description: 'One learning rate throughout, after an optional warm-up', options })
export class Constant implements ScheduleProvider<ConstantOptions> {
  build(
    { warmUpFraction, warmUpStart }: ConstantOptions,
    { learningRate, totalSteps }: ScheduleContext,
  ): BuiltSchedule {
    const rise = warmUpSteps(warmUpFraction, totalSteps);
    return {
      at: (step) => {
        checkStep('constant', step, totalSteps);
        return { learningRate: step < rise ? warmUpRate(step, rise, learningRate, warmUpStart) : learningRate };
      },
    };
  }
}
