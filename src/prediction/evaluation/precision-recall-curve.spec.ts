import { describe, expect, it } from '@jest/globals';
import { rankLabel } from '@query2label/sdk';
import { precisionRecallCurve } from './precision-recall-curve.js';

const ranked = (...entries: readonly (readonly [number, number])[]) =>
  rankLabel(
    {
      images: entries.length,
      labels: 1,
      scores: Float32Array.from(entries, ([score]) => score),
      targets: Int8Array.from(entries, ([, truth]) => truth),
    },
    0,
  );

describe('precisionRecallCurve', () => {
  it('has a point where recall grows, ties together, and the last one', () => {
    const label = ranked([0.75, 1], [0.5, 0], [0.5, 1], [0.25, 0], [0.125, 0], [1, -1]);
    expect(precisionRecallCurve(label, 100)).toEqual([
      { threshold: 0.75, precision: 1, recall: 0.5 },
      { threshold: 0.5, precision: 2 / 3, recall: 1 },
      { threshold: 0.125, precision: 2 / 5, recall: 1 },
    ]);
  });

  it('keeps the ends when there are too many points', () => {
    const label = ranked(...Array.from({ length: 50 }, (_, index) => [1 - index / 64, 1] as const));
    const curve = precisionRecallCurve(label, 5);
    expect(curve).toHaveLength(5);
    expect(curve[0].recall).toBe(1 / 50);
    expect(curve[4].recall).toBe(1);
  });

  it('is empty without positives', () => {
    expect(precisionRecallCurve(ranked([0.5, 0]), 10)).toEqual([]);
  });
});
