import type { MetricResult } from '@query2label/sdk';
import type { MetricRecord } from '../../checkpoint/checkpoint-manifest.js';

type Where = Pick<MetricRecord, 'epoch' | 'step' | 'weights' | 'split'>;

/** The result of a metric as records: its value under the protocol's name, further figures as `protocol/figure`. */
export function recordsOf(where: Where, name: string, result: MetricResult): MetricRecord[] {
  const figures = Object.entries(result.figures ?? {});
  return [
    { ...where, name, value: result.value, perLabel: result.perLabel === undefined ? null : [...result.perLabel] },
    ...figures.map(([figure, value]) => ({ ...where, name: `${name}/${figure}`, value, perLabel: null })),
  ];
}

/** A single number as a record. */
export function recordOf(where: Where, name: string, value: number): MetricRecord {
  return { ...where, name, value, perLabel: null };
}
