import { Metric } from '@query2label/sdk';
import type { BuiltMetric, MetricProvider, z } from '@query2label/sdk';
import { plainAveragePrecision } from './average-precision.js';
import { averagePrecisionOptions as options, meanAveragePrecision } from './mean-average-precision.js';

/**
 * mAP as ASL and ML-Decoder evaluate: mean over labels of the mean precision at each positive, without interpolation.
 */
@Metric({
  name: 'asl',
  description: 'Mean average precision without interpolation, as ASL and ML-Decoder evaluate',
  options,
})
export class Asl implements MetricProvider<z.output<typeof options>> {
  build(chosen: z.output<typeof options>): BuiltMetric {
    return meanAveragePrecision(plainAveragePrecision, chosen);
  }
}
