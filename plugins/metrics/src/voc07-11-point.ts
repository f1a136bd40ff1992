import { Metric } from '@query2label/sdk';
import type { BuiltMetric, MetricProvider, z } from '@query2label/sdk';
import { elevenPointAveragePrecision } from './average-precision.js';
import { averagePrecisionOptions as options, meanAveragePrecision } from './mean-average-precision.js';

/**
 * mAP of PASCAL VOC 2007: mean over labels of the best precision at the recalls 0, 0.1, ... 1 or beyond.
 */
@Metric({
  name: 'voc07-11-point',
  description: 'Mean average precision at eleven recalls, as PASCAL VOC 2007 evaluates',
  options,
})
export class Voc07ElevenPoint implements MetricProvider<z.output<typeof options>> {
  build(chosen: z.output<typeof options>): BuiltMetric {
    return meanAveragePrecision(elevenPointAveragePrecision, chosen);
  }
}
