import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { componentMetadataOf, z } from '@query2label/sdk';
import type { BuiltSchedule } from '@query2label/sdk';
import { Constant, Cosine, OneCycle } from './index.js';

const oneCycle = {
  riseFraction: 0.2,
  startDivisor: 25,
  finalDivisor: 1e4,
  shape: 'cosine',
  cycleMomentum: true,
  minimumMomentum: 0.85,
  maximumMomentum: 0.95,
} as const;
const context = (totalSteps: number, learningRate = 1) => ({ learningRate, totalSteps, stepsPerEpoch: 10 });
const rates = (schedule: BuiltSchedule, steps: number) =>
  Array.from({ length: steps }, (_, step) => schedule.at(step).learningRate);

describe('one-cycle', () => {
  it('starts at peak / 25, peaks at step 0.2 * total - 1 and ends at start / 10,000', () => {
    const schedule = new OneCycle().build(oneCycle, context(100));
    expect(schedule.at(0).learningRate).toBeCloseTo(0.04, 15);
    expect(schedule.at(0).momentum).toBeCloseTo(0.95, 15);
    expect(schedule.at(19).learningRate).toBeCloseTo(1, 15);
    expect(schedule.at(19).momentum).toBeCloseTo(0.85, 15);
    expect(schedule.at(99).learningRate).toBeCloseTo(4e-6, 15);
    expect(schedule.at(99).momentum).toBeCloseTo(0.95, 15);
    expect(schedule.at(59).learningRate).toBeCloseTo((1 + 4e-6) / 2, 12);
  });

  it('can be linear and leave the momentum alone', () => {
    const schedule = new OneCycle().build({ ...oneCycle, shape: 'linear', cycleMomentum: false }, context(21));
    expect(schedule.at(0)).toEqual({ learningRate: 0.04 });
    const [first, second, third] = rates(schedule, 21).slice(5, 8);
    expect(first - second).toBeCloseTo(second - third, 12);
  });

  it.each([1, 2, 3, 5, 7, 10])('gives finite positive rates for %d steps in all', (total) => {
    for (const rate of rates(new OneCycle().build(oneCycle, context(total)), total)) {
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThanOrEqual(1);
    }
  });

  it.each([-1, 100, 1.5])('refuses step %d of 100', (step) => {
    expect(() => new OneCycle().build(oneCycle, context(100)).at(step)).toThrow(/steps 0 to 99; it was asked for step/);
  });
});

describe('constant', () => {
  it('rises in equal steps and then stays', () => {
    const schedule = new Constant().build({ warmUpFraction: 0.3, warmUpStart: 0 }, context(10, 4));
    expect(rates(schedule, 10)).toEqual([1, 2, 3, 4, 4, 4, 4, 4, 4, 4]);
  });
});

describe('cosine', () => {
  it('falls from the full rate to the final fraction at the last step', () => {
    const schedule = new Cosine().build({ warmUpFraction: 0, warmUpStart: 0, finalFraction: 0.1 }, context(11, 2));
    const values = rates(schedule, 11);
    expect(values[0]).toBe(2);
    expect(values[5]).toBeCloseTo(1.1, 12);
    expect(values[10]).toBeCloseTo(0.2, 12);
  });

  it('starts falling after its warm-up', () => {
    const schedule = new Cosine().build({ warmUpFraction: 0.2, warmUpStart: 0.5, finalFraction: 0 }, context(10));
    expect(schedule.at(1).learningRate).toBeCloseTo(0.5 + (0.5 * 2) / 3, 12);
    expect(schedule.at(2).learningRate).toBe(1);
    expect(schedule.at(9).learningRate).toBeCloseTo(0, 12);
  });
});

it('publishes the defaults of the paper', () => {
  expect(componentMetadataOf(OneCycle)?.options.parse({})).toEqual(oneCycle);
});

const shared = process.env.Q2L_SHARED;
(shared === undefined ? describe.skip : describe)("one-cycle against PyTorch's OneCycleLR", () => {
  const golden = z.object({
    runs: z.record(
      z.string(),
      z.object({ total_steps: z.number(), max_lr: z.number(), lr: z.array(z.number()), beta1: z.array(z.number()) }),
    ),
  });

  it.each(['100', '37'])('gives the same numbers for %s steps', (name) => {
    const { runs } = golden.parse(JSON.parse(readFileSync(join(shared ?? '', 'golden/metrics/onecycle.json'), 'utf8')));
    const { total_steps: total, max_lr: peak, lr, beta1 } = runs[name];
    const schedule = new OneCycle().build(oneCycle, context(total, peak));
    lr.forEach((expected, step) => {
      expect(Math.abs(schedule.at(step).learningRate - expected)).toBeLessThan(1e-12 * peak + 1e-13 * expected);
      expect(schedule.at(step).momentum).toBeCloseTo(beta1[step], 12);
    });
  });
});
