import { Schedule, z } from '@query2label/sdk';
import type { BuiltSchedule, ScheduleContext, ScheduleProvider } from '@query2label/sdk';
import { cosine } from './interpolation.js';
import { checkStep } from './step-range.js';
import { warmUpOptions, warmUpRate, warmUpSteps } from './warm-up.js';

const options = z.strictObject({
  ...warmUpOptions,
  finalFraction: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Learning rate of the last step, as a fraction of the full one'),
});
type CosineOptions = z.output<typeof options>;

/** Half a cosine from the full learning rate down to a fraction of it at the last step, after an optional warm-up. */
@Schedule({ name: 'cosine', description: 'Cosine decay after an optional warm-up', options })
export class Cosine implements ScheduleProvider<CosineOptions> {
  build(chosen: CosineOptions, { learningRate, totalSteps }: ScheduleContext): BuiltSchedule {
    const rise = warmUpSteps(chosen.warmUpFraction, totalSteps);
    const fall = Math.max(1, totalSteps - 1 - rise);
    return {
      at: (step) => {
        checkStep('cosine', step, totalSteps);
        if (step < rise) return { learningRate: warmUpRate(step, rise, learningRate, chosen.warmUpStart) };
        return { learningRate: cosine(learningRate, chosen.finalFraction * learningRate, (step - rise) / fall) };
      },
    };
  }
}
