import { describe, expect, it } from '@jest/globals';
import type { MetricInput } from '@query2label/sdk';
import { AslAveragePrecision, F1AtThreshold, Top3F1, VocAllPoint } from './index.js';

const input = (scores: readonly (readonly number[])[], targets: readonly (readonly number[])[]): MetricInput => ({
  images: scores.length,
  labels: scores[0].length,
  scores: Float32Array.from(scores.flat()),
  targets: Int8Array.from(targets.flat()),
});
const column = (values: readonly number[]) => values.map((value) => [value]);

describe('average precision', () => {
  // Ranked: + - + - - +: precisions at the positives 1, 2/3, 1/2.
  const ranked = input(column([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), column([1, 0, 1, 0, 0, 1]));
  // Ranked: - - + +: precisions 1/3, 1/2; the envelope lifts the first to 1/2.
  const late = input(column([0.9, 0.8, 0.7, 0.6]), column([0, 0, 1, 1]));

  it('voc-all-point takes the best precision at each recall or beyond', () => {
    expect(new VocAllPoint().build().compute(ranked).value).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 3, 12);
    expect(new VocAllPoint().build().compute(late).value).toBeCloseTo(1 / 2, 12);
  });

  it('asl-average-precision takes the precisions as they are', () => {
    expect(new AslAveragePrecision().build().compute(ranked).value).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 3, 12);
    expect(new AslAveragePrecision().build().compute(late).value).toBeCloseTo((1 / 3 + 1 / 2) / 2, 12);
  });

  it('keeps tied scores in the order of the rows', () => {
    const first = input(column([0.5, 0.5, 0.5]), column([1, 0, 0]));
    const last = input(column([0.5, 0.5, 0.5]), column([0, 0, 1]));
    expect(new VocAllPoint().build().compute(first).value).toBe(1);
    expect(new VocAllPoint().build().compute(last).value).toBeCloseTo(1 / 3, 12);
  });

  it('reports a label without positives and leaves it out of the mean', () => {
    const result = new VocAllPoint().build().compute(input([[0.9, 0.1], [0.2, 0.3]], [[1, 0], [0, 0]])); // prettier-ignore
    expect(result).toEqual({ value: 1, perLabel: [1, null] });
    expect(new VocAllPoint().build().compute(input([[0.9]], [[0]]))).toEqual({ value: null, perLabel: [null] });
  });

  it('leaves unknown targets out of the ranking', () => {
    const withUnknown = input(column([0.9, 0.8, 0.7]), column([-1, 1, 0]));
    expect(new VocAllPoint().build().compute(withUnknown).value).toBe(1);
  });

  it.each([NaN, 1.5, -0.1])('refuses the score %d by name', (score) => {
    expect(() => new VocAllPoint().build().compute(input([[0.5, score]], [[1, 1]]))).toThrow(
      /image 0 has .* for label 1/,
    );
  });

  it('ranks 40,000 images by 80 labels within 4 seconds', () => {
    const images = 40_000;
    const labels = 80;
    const scores = Float32Array.from(
      { length: images * labels },
      (_, i) => ((i * 2654435761) % 4294967296) / 4294967296,
    );
    const targets = Int8Array.from({ length: images * labels }, (_, i) => (i % 29 === 0 ? 1 : 0));
    const start = performance.now();
    const { value } = new VocAllPoint().build().compute({ images, labels, scores, targets });
    expect(value).toBeCloseTo(1 / 29, 2);
    expect(performance.now() - start).toBeLessThan(4000);
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
