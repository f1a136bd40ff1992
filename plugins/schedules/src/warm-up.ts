import { z } from '@query2label/sdk';
import { linear } from './interpolation.js';

/** The options that every schedule with a warm-up has. */
export const warmUpOptions = {
  warmUpFraction: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Part of all steps in which the learning rate rises from warmUpStart'),
  warmUpStart: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Where the warm-up starts, as a fraction of the learning rate'),
} as const;

/** Whole steps of warm-up. The first step after them has the full learning rate. */
export function warmUpSteps(fraction: number, totalSteps: number): number {
  return Math.round(fraction * totalSteps);
}

/** Learning rate of a step of the warm-up. Its first step already lies above `start`, so that no step is wasted at zero. */
export function warmUpRate(step: number, steps: number, learningRate: number, start: number): number {
  return linear(start * learningRate, learningRate, (step + 1) / (steps + 1));
}
