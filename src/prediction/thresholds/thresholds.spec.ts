import { describe, expect, it } from '@jest/globals';
import type { MetricInput } from '@query2label/sdk';
import { InvalidInputError } from '../../common/errors/index.js';
import { countDecisions } from './count-decisions.js';
import { chooseThresholds } from './choose-thresholds.js';
import { decisionFigures } from './decision-figures.js';
import { replaceThresholds } from './named-thresholds.js';

/** One label, one image per entry: [score, truth]. */
function column(...entries: readonly (readonly [number, number])[]): MetricInput {
  return {
    images: entries.length,
    labels: 1,
    scores: Float32Array.from(entries, ([score]) => score),
    targets: Int8Array.from(entries, ([, truth]) => truth),
  };
}

const maximiseF1 = (input: MetricInput) => chooseThresholds(input, { rule: 'maximise-f1' });

function f1At(input: MetricInput, label: number, threshold: number): number {
  const counts = countDecisions(
    input,
    Array.from({ length: input.labels }, () => threshold),
  )[label];
  return (2 * counts.truePositives) / (2 * counts.truePositives + counts.falsePositives + counts.falseNegatives);
}

describe('maximiseF1', () => {
  it('cuts halfway between the last accepted and the first refused score', () => {
    const [best] = maximiseF1(column([0.75, 1], [0.5, 1], [0.25, 0], [0.125, 0]));
    expect(best).toEqual({ threshold: 0.375, precision: 1, recall: 1, f1: 1 });
  });

  it('never parts equal scores', () => {
    const input = column([0.5, 1], [0.5, 0], [0.5, 0], [0.25, 1]);
    const [best] = maximiseF1(input);
    expect(best.f1).toBeCloseTo(4 / 6, 12); // all four accepted
    expect(f1At(input, 0, best.threshold ?? NaN)).toBe(best.f1);
  });

  it('of equally good cuts takes the one that accepts fewer', () => {
    // The first one alone: 2/3. The first four: 4/6.
    const [best] = maximiseF1(column([0.9, 1], [0.8, 0], [0.7, 0], [0.6, 1]));
    expect(best.threshold).toBeCloseTo(0.85, 6);
  });

  it('answers null for a label without positives, and leaves unknown truths out', () => {
    expect(maximiseF1(column([0.9, 0], [0.8, -1]))).toEqual([
      { threshold: null, precision: null, recall: null, f1: null },
    ]);
    expect(maximiseF1(column([0.9, -1], [0.5, 1], [0.25, 0]))[0].threshold).toBe(0.375);
  });

  it('accepts positives with a score of zero, when that is best', () => {
    expect(maximiseF1(column([0, 1], [0, 1]))).toMatchObject([{ threshold: 0, f1: 1 }]);
  });

  it('is as good as trying every threshold, on random scores with ties', () => {
    let state = 7;
    const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const images = 60;
    const labels = 5;
    const input: MetricInput = {
      images,
      labels,
      scores: Float32Array.from({ length: images * labels }, () => Math.round(draw() * 20) / 20),
      targets: Int8Array.from({ length: images * labels }, () => (draw() < 0.1 ? -1 : draw() < 0.3 ? 1 : 0)),
    };
    maximiseF1(input).forEach(({ threshold, f1 }, label) => {
      const tried = Array.from({ length: 201 }, (_, step) => f1At(input, label, step / 200));
      expect(f1).toBeCloseTo(Math.max(...tried), 12);
      expect(f1At(input, label, threshold ?? NaN)).toBe(f1);
    });
  });
});

describe('a precision or a recall to reach', () => {
  // Precision 1, 1/2, 2/3, 1/2, 3/5; recall 1/3, 1/3, 2/3, 2/3, 1.
  const input = column([0.9375, 1], [0.75, 0], [0.5, 1], [0.25, 0], [0.125, 1]);
  const chosen = (rule: 'reach-precision' | 'reach-recall', value: number) =>
    chooseThresholds(input, { rule, value })[0];

  it.each([
    [1, 0.84375, 1 / 3],
    [0.6, 0.0625, 1],
    [0.65, 0.375, 2 / 3],
  ])('takes the most that reaches a precision of %d', (value, threshold, recall) => {
    expect(chosen('reach-precision', value)).toMatchObject({ threshold, recall });
    expect(chosen('reach-precision', value).precision).toBeGreaterThanOrEqual(value);
  });

  it.each([
    [0.3, 0.84375, 1],
    [0.5, 0.375, 2 / 3],
    [1, 0.0625, 3 / 5],
  ])('takes the least that reaches a recall of %d', (value, threshold, precision) => {
    expect(chosen('reach-recall', value)).toMatchObject({ threshold, precision });
    expect(chosen('reach-recall', value).recall).toBeGreaterThanOrEqual(value);
  });

  it('answers null where no threshold reaches the precision', () => {
    const hopeless = column([0.9, 0], [0.8, 1]);
    expect(chooseThresholds(hopeless, { rule: 'reach-precision', value: 0.6 })[0].threshold).toBeNull();
  });
});

describe('decisionFigures', () => {
  it('counts per class and overall, 0/0 being 0', () => {
    const counts = [
      { truePositives: 1, falsePositives: 1, falseNegatives: 0, trueNegatives: 0, unknown: 0 },
      { truePositives: 1, falsePositives: 0, falseNegatives: 1, trueNegatives: 0, unknown: 3 },
      { truePositives: 0, falsePositives: 0, falseNegatives: 1, trueNegatives: 1, unknown: 0 },
    ];
    const figures = decisionFigures(counts);
    expect(figures).toEqual({ CP: 0.5, CR: 0.5, CF1: 0.5, OP: 2 / 3, OR: 0.5, OF1: expect.closeTo(4 / 7, 12) });
  });
});

describe('countDecisions', () => {
  it('counts a score at the threshold as present, and unknown truths apart', () => {
    const input = column([0.5, 1], [0.75, 0], [0.25, 1], [0.25, 0], [0.9, -1]);
    expect(countDecisions(input, [0.5])).toEqual([
      { truePositives: 1, falsePositives: 1, falseNegatives: 1, trueNegatives: 1, unknown: 1 },
    ]);
  });
});

describe('replaceThresholds', () => {
  const labels = ['cat', 'dog', 'traffic light'];
  const present = [0.5, 0.5, 0.5];

  it('replaces those that are named', () => {
    expect(replaceThresholds(labels, present, [{ label: 'dog', threshold: 0.25 }], 'thresholds')).toEqual([
      0.5, 0.25, 0.5,
    ]);
  });

  it('names every fault with its place and the closest label', () => {
    const given = [
      { label: 'trafic light', threshold: 0.5 },
      { label: 'dog', threshold: 1.5 },
      { label: 'dog', threshold: NaN },
    ];
    const failure = (): number[] => replaceThresholds(labels, present, given, 'thresholds');
    expect(failure).toThrow(InvalidInputError);
    expect(failure).toThrow('thresholds.0.label: there is no label "trafic light". Did you mean traffic light?');
    expect(failure).toThrow('thresholds.1.threshold: received 1.5; expected a number from 0 to 1');
    expect(failure).toThrow('thresholds.2.label: "dog" is given twice; thresholds.2.threshold: received NaN');
  });
});
