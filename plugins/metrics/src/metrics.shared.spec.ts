import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from '@query2label/sdk';
import type { MetricResult } from '@query2label/sdk';
import { F1AtThreshold, Top3F1, VocAllPoint } from './index.js';

const shared = process.env.Q2L_SHARED;
const figures = z.record(z.string(), z.union([z.number(), z.null(), z.array(z.unknown())]));
const golden = z.object({
  N: z.number(),
  K: z.number(),
  score_denominator: z.number(),
  scores_int: z.array(z.array(z.number())),
  labels: z.array(z.string()),
  stable_order_aps: z.array(z.number().nullable()),
  nan_skipping_mAP_stable_order: z.number(),
  threshold_ge_0_5: figures,
  threshold_gt_0_5: figures,
  top3: figures,
  top3_and_ge_0_5: figures,
});
const names = ['plain-60x7', 'ties-200x20', 'const-120x6', 'empty-100x10', 'coco-500x80'];

(shared === undefined ? describe.skip : describe)('metrics against the official evaluation', () => {
  it.each(names)('%s', (name) => {
    const path = join(shared ?? '', 'golden/metrics', `${name}.json`);
    const expected = golden.parse(JSON.parse(readFileSync(path, 'utf8')));
    const input = {
      images: expected.N,
      labels: expected.K,
      scores: Float32Array.from(expected.scores_int.flat(), (score) => score / expected.score_denominator),
      targets: Int8Array.from(expected.labels.join(''), Number),
    };
    const precision = new VocAllPoint().build({ bootstrapSamples: 0, confidence: 0.95, seed: 0 }).compute(input);
    expect((precision.value ?? NaN) * 100).toBeCloseTo(expected.nan_skipping_mAP_stable_order, 8);
    expected.stable_order_aps.forEach((ap, label) => {
      const found = precision.perLabel?.[label] ?? null;
      if (ap === null) expect(found).toBeNull();
      else expect((found ?? NaN) * 100).toBeCloseTo(ap, 8);
    });
    const compare = (result: MetricResult, want: z.output<typeof figures>): void => {
      for (const [figure, value] of Object.entries(result.figures ?? {}))
        expect(value).toBeCloseTo(Number(want[figure]), 10);
      expect(Object.keys(result.figures ?? {})).toHaveLength(6);
    };
    compare(new F1AtThreshold().build({ threshold: 0.5, inclusive: true }).compute(input), expected.threshold_ge_0_5);
    compare(new F1AtThreshold().build({ threshold: 0.5, inclusive: false }).compute(input), expected.threshold_gt_0_5);
    compare(new Top3F1().build({ count: 3, minimumScore: 0 }).compute(input), expected.top3);
    compare(new Top3F1().build({ count: 3, minimumScore: 0.5 }).compute(input), expected.top3_and_ge_0_5);
  });
});
