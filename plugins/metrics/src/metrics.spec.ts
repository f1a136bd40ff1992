import { describe, expect, it } from '@jest/globals';
import { hostRandom, keyOf } from '@query2label/sdk';
import type { MetricInput } from '@query2label/sdk';
import {
  Asl,
  ExpectedCalibrationError,
  F1AtThreshold,
  SklearnAveragePrecision,
  Top3F1,
  Voc07ElevenPoint,
  VocAllPoint,
} from './index.js';

const input = (scores: readonly (readonly number[])[], targets: readonly (readonly number[])[]): MetricInput => ({
  images: scores.length,
  labels: scores[0].length,
  scores: Float32Array.from(scores.flat()),
  targets: Int8Array.from(targets.flat()),
});
const plain = { bootstrapSamples: 0, confidence: 0.95, seed: 0 };
const column = (values: readonly number[]) => values.map((value) => [value]);

describe('average precision', () => {
  // Ranked: + - + - - +: precisions at the positives 1, 2/3, 1/2.
  const ranked = input(column([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), column([1, 0, 1, 0, 0, 1]));
  // Ranked: - - + +: precisions 1/3, 1/2; the envelope lifts the first to 1/2.
  const late = input(column([0.9, 0.8, 0.7, 0.6]), column([0, 0, 1, 1]));

  it('voc-all-point takes the best precision at each recall or beyond', () => {
    expect(new VocAllPoint().build(plain).compute(ranked).value).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 3, 12);
    expect(new VocAllPoint().build(plain).compute(late).value).toBeCloseTo(1 / 2, 12);
  });

  it('asl takes the precisions as they are', () => {
    expect(new Asl().build(plain).compute(ranked).value).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 3, 12);
    expect(new Asl().build(plain).compute(late).value).toBeCloseTo((1 / 3 + 1 / 2) / 2, 12);
  });

  it('keeps tied scores in the order of the rows', () => {
    const first = input(column([0.5, 0.5, 0.5]), column([1, 0, 0]));
    const last = input(column([0.5, 0.5, 0.5]), column([0, 0, 1]));
    expect(new VocAllPoint().build(plain).compute(first).value).toBe(1);
    expect(new VocAllPoint().build(plain).compute(last).value).toBeCloseTo(1 / 3, 12);
  });

  it('reports a label without positives and leaves it out of the mean', () => {
    const result = new VocAllPoint().build(plain).compute(input([[0.9, 0.1], [0.2, 0.3]], [[1, 0], [0, 0]])); // prettier-ignore
    expect(result).toEqual({ value: 1, perLabel: [1, null] });
    expect(new VocAllPoint().build(plain).compute(input([[0.9]], [[0]]))).toEqual({ value: null, perLabel: [null] });
  });

  it('leaves unknown targets out of the ranking', () => {
    const withUnknown = input(column([0.9, 0.8, 0.7]), column([-1, 1, 0]));
    expect(new VocAllPoint().build(plain).compute(withUnknown).value).toBe(1);
  });

  it.each([NaN, 1.5, -0.1])('refuses the score %d by name', (score) => {
    expect(() => new VocAllPoint().build(plain).compute(input([[0.5, score]], [[1, 1]]))).toThrow(
      /image 0 has .* for label 1/,
    );
  });

  it('voc07-11-point takes the best precision at each tenth of recall or beyond', () => {
    // Of three positives: recall 1/3 covers 0 to 0.3, 2/3 covers 0.4 to 0.6, 1 the rest.
    expect(new Voc07ElevenPoint().build(plain).compute(ranked).value).toBeCloseTo((4 + (3 * 2) / 3 + 4 / 2) / 11, 12);
    // The third of ten positives reaches recall 0.3 in whole numbers, though 3 * 0.1 > 0.3 in floating point.
    const ten = [1, 1, 1, ...Array.from({ length: 90 }, () => 0), 1, 1, 1, 1, 1, 1, 1];
    const scores = ten.map((_, index) => 1 - index / 128);
    const value = new Voc07ElevenPoint().build(plain).compute(input(column(scores), column(ten))).value;
    expect(value).toBeCloseTo((4 * 1 + 7 * (10 / 100)) / 11, 12);
  });

  it('sklearn takes tied scores together', () => {
    // The example of scikit-learn's documentation, which answers 0.83.
    const documented = input(column([0.1, 0.4, 0.35, 0.8]), column([0, 0, 1, 1]));
    expect(new SklearnAveragePrecision().build(plain).compute(documented).value).toBeCloseTo(0.5 + 0.5 * (2 / 3), 12);
    for (const truth of [
      [1, 0, 0],
      [0, 0, 1],
    ]) {
      // prettier-ignore
      const tied = input(column([0.5, 0.5, 0.5]), column(truth));
      expect(new SklearnAveragePrecision().build(plain).compute(tied).value).toBeCloseTo(1 / 3, 12);
    }
  });

  it('agrees with the definitions by brute force, on random scores with ties', () => {
    const random = hostRandom(keyOf(3, 'metrics'));
    const images = 80;
    const scores = Array.from({ length: images }, () => random.integer(20) / 32);
    const truths = Array.from({ length: images }, () => (random.uniform() < 0.3 ? 1 : 0));
    const total = truths.filter((one) => one === 1).length;
    const at = (accepted: (index: number) => boolean) => {
      const chosen = truths.filter((_, index) => accepted(index));
      const hits = chosen.filter((one) => one === 1).length;
      return { precision: hits / chosen.length, recall: hits / total, hits };
    };
    const order = scores.map((_, index) => index).sort((a, b) => scores[b] - scores[a] || a - b);
    const prefixes = order.map((_, rank) => at((index) => order.indexOf(index) <= rank));
    const best = (recall: number) =>
      Math.max(0, ...prefixes.filter(({ hits }) => hits * 10 >= recall * total).map(({ precision }) => precision));
    const elevenths = Array.from({ length: 11 }, (_, tenth) => best(tenth));
    let before = 0;
    const steps = [...new Set(scores)]
      .sort((a, b) => b - a)
      .map((threshold) => {
        const { precision, recall } = at((index) => scores[index] >= threshold);
        const gained = recall - before;
        before = recall;
        return gained * precision;
      });
    const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0);
    const sample = input(column(scores), column(truths));
    expect(new Voc07ElevenPoint().build(plain).compute(sample).value).toBeCloseTo(sum(elevenths) / 11, 12);
    expect(new SklearnAveragePrecision().build(plain).compute(sample).value).toBeCloseTo(sum(steps), 12);
  });
});

describe('bootstrap interval', () => {
  const random = hostRandom(keyOf(11, 'bootstrap test'));
  const truths = Array.from({ length: 400 }, () => (random.uniform() < 0.3 ? 1 : 0));
  const scores = truths.map((truth) => Math.min(1, 0.5 * random.uniform() + 0.3 * truth));
  const sample = input(column(scores), column(truths));

  it.each([VocAllPoint, Asl, Voc07ElevenPoint, SklearnAveragePrecision])('surrounds the value: %p', (Provider) => {
    const { value, figures } = new Provider().build({ ...plain, bootstrapSamples: 200 }).compute(sample);
    const { low, high, standardError } = figures ?? {};
    expect(low).toBeLessThan(value ?? NaN);
    expect(high).toBeGreaterThan(value ?? NaN);
    // 95 % of a normal distribution lie within 1.96 standard deviations to each side.
    expect(((high ?? NaN) - (low ?? NaN)) / (standardError ?? NaN)).toBeGreaterThan(3);
    expect(((high ?? NaN) - (low ?? NaN)) / (standardError ?? NaN)).toBeLessThan(5);
  });

  it('is a function of the seed, and narrower for less confidence', () => {
    const figuresOf = (changes: Partial<typeof plain>) =>
      new VocAllPoint().build({ ...plain, bootstrapSamples: 100, ...changes }).compute(sample).figures;
    expect(figuresOf({})).toEqual(figuresOf({}));
    expect(figuresOf({ seed: 1 })).not.toEqual(figuresOf({}));
    const width = (figures: ReturnType<typeof figuresOf>) => Number(figures?.high) - Number(figures?.low);
    expect(width(figuresOf({ confidence: 0.5 }))).toBeLessThan(0.6 * width(figuresOf({})));
  });

  it('resamples what decides: two images, one positive, give 1 or nothing', () => {
    const two = input(column([0.9, 0.1]), column([1, 0]));
    const { figures } = new Asl().build({ ...plain, bootstrapSamples: 50 }).compute(two);
    expect(figures).toEqual({ low: 1, high: 1, standardError: 0 });
  });
});

describe('expected-calibration-error', () => {
  const errorOf = (bins: number, sample: MetricInput) => new ExpectedCalibrationError().build({ bins }).compute(sample);

  it('is the weighted distance of mean score and share of positives by bin', () => {
    // Bin [0.5, 1]: mean 0.75, three of four positive. Bin [0, 0.5): mean 0.25, one of two positive.
    const sample = input(column([1, 0.75, 0.75, 0.5, 0.25, 0.25, 0.9]), column([1, 1, 1, 0, 1, 0, -1]));
    expect(errorOf(2, sample).value).toBeCloseTo((4 * 0 + 2 * 0.25) / 6, 12);
    expect(errorOf(1, sample).value).toBeCloseTo(Math.abs(3.5 / 6 - 4 / 6), 12);
  });

  it('takes labels apart, too, and knows nothing of a label without known truth', () => {
    const sample = input([[1, 0.5], [0, 0.5]], [[1, -1], [0, -1]]); // prettier-ignore
    expect(errorOf(10, sample)).toEqual({ value: 0, perLabel: [0, null] });
  });

  it('refuses scores that are none', () => {
    expect(() => errorOf(10, input([[0.5, NaN]], [[1, 1]]))).toThrow(/image 0 has NaN for label 1/);
  });
});

describe('decisions', () => {
  // Label 0: 1 correct of 2 predicted, 1 positive. Label 1: 1 of 1, 2 positives. Label 2: nothing predicted, 1 positive.
  const sample = input(
    [[0.9, 0.6, 0.1], [0.5, 0.2, 0.3]], // prettier-ignore
    [[1, 1, 1], [0, 1, 0]], // prettier-ignore
  );

  it('f1-at-threshold counts per class and overall', () => {
    const { value, perLabel, figures } = new F1AtThreshold().build({ threshold: 0.5, inclusive: true }).compute(sample);
    expect(figures?.CP).toBeCloseTo((1 / 2 + 1 + 0) / 3, 12);
    expect(figures?.CR).toBeCloseTo((1 + 1 / 2 + 0) / 3, 12);
    expect(figures?.CF1).toBeCloseTo(0.5, 12);
    expect(figures?.OP).toBeCloseTo(2 / 3, 12);
    expect(figures?.OR).toBeCloseTo(2 / 4, 12);
    expect(value).toBeCloseTo(4 / 7, 12);
    expect(perLabel?.map((f1) => Math.round((f1 ?? -1) * 1e6))).toEqual([666667, 666667, 0]);
  });

  it('an exclusive threshold leaves equal scores out', () => {
    const { figures } = new F1AtThreshold().build({ threshold: 0.5, inclusive: false }).compute(sample);
    expect(figures?.OP).toBe(1);
  });

  it('top3-f1 predicts the best labels, ties to the first', () => {
    const four = input([[0.2, 0.4, 0.4, 0.4]], [[1, 1, 0, 0]]);
    expect(new Top3F1().build({ count: 1, minimumScore: 0 }).compute(four).figures).toMatchObject({ OP: 1, OR: 0.5 });
    expect(new Top3F1().build({ count: 3, minimumScore: 0 }).compute(four).figures?.OP).toBeCloseTo(1 / 3, 12);
    expect(new Top3F1().build({ count: 3, minimumScore: 0.5 }).compute(four).figures?.OP).toBe(0);
  });
});
