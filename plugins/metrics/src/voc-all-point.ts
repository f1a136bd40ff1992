import { Metric } from '@query2label/sdk';
import type { BuiltMetric, MetricProvider, z } from '@query2label/sdk';
import { allPointAveragePrecision } from './average-precision.js';
import { averagePrecisionOptions as options, meanAveragePrecision } from './mean-average-precision.js';

/**
 * mAP of the paper's tables: mean over labels of the area under the precision envelope, all images, ties in row order. A label
 * without positives is reported as `null` and left out of the mean (the official code answers NaN).
 */
@Metric({
  name: 'voc-all-point',
  description: 'Mean average precision, interpolated over all points (official protocol)',
  options,
})
export class VocAllPoint implements MetricProvider<z.output<typeof options>> {
  build(chosen: z.output<typeof options>): BuiltMetric {
    return meanAveragePrecision(allPointAveragePrecision, chosen);
  }
}
