import { Schedule, z } from '@query2label/sdk';
import type { BuiltSchedule, ScheduleContext, ScheduleProvider } from '@query2label/sdk';
import { cosine, linear } from './interpolation.js';
import { checkStep } from './step-range.js';

const momentum = (value: number, when: string) =>
  z.number().min(0).lt(1).default(value).describe(`Momentum (beta1 of AdamW) ${when}`);

const options = z.strictObject({
  riseFraction: z.number().gt(0).lt(1).default(0.2).describe('Part of all steps in which the learning rate rises'),
  startDivisor: z.number().positive().default(25).describe('The first learning rate is the peak divided by this'),
  finalDivisor: z.number().positive().default(1e4).describe('The last learning rate is the first divided by this'),
  shape: z.enum(['cosine', 'linear']).default('cosine').describe('Curve of rise and fall'),
  cycleMomentum: z
    .boolean()
    .default(true)
    .describe('Lower the momentum while the learning rate rises, and raise it again'),
  minimumMomentum: momentum(0.85, 'at the peak of the learning rate'),
  maximumMomentum: momentum(0.95, 'at both ends'),
});
type OneCycleOptions = z.output<typeof options>;

/**
 * One-cycle (Smith & Topin, 2018) in two phases, number for number as PyTorch's `OneCycleLR`: the peak lies at step
 * `riseFraction * totalSteps - 1`, which is reached exactly only where that is whole. The paper trains with it.
 */
@Schedule({
  name: 'one-cycle',
  description: "Rise to the peak and fall far below the start, as PyTorch's OneCycleLR",
  options,
})
export class OneCycle implements ScheduleProvider<OneCycleOptions> {
  build(chosen: OneCycleOptions, { learningRate: peak, totalSteps }: ScheduleContext): BuiltSchedule {
    const start = peak / chosen.startDivisor;
    const final = start / chosen.finalDivisor;
    const peakStep = chosen.riseFraction * totalSteps - 1;
    const curve = chosen.shape === 'cosine' ? cosine : linear;
    const { cycleMomentum, minimumMomentum, maximumMomentum } = chosen;
    return {
      at: (step) => {
        checkStep('one-cycle', step, totalSteps);
        const rising = step <= peakStep;
        const fraction = rising ? part(step, peakStep) : part(step - peakStep, totalSteps - 1 - peakStep);
        const learningRate = rising ? curve(start, peak, fraction) : curve(peak, final, fraction);
        if (!cycleMomentum) return { learningRate };
        const momentum = rising
          ? curve(maximumMomentum, minimumMomentum, fraction)
          : curve(minimumMomentum, maximumMomentum, fraction);
        return { learningRate, momentum };
      },
    };
  }
}

/** A phase of length 0 is at its end. */
const part = (done: number, length: number): number => (length === 0 ? 1 : done / length);
