import { Metric, z } from '@query2label/sdk';
import type { BuiltMetric, MetricProvider } from '@query2label/sdk';
import { meanAveragePrecision, plainAveragePrecision } from './average-precision.js';

const options = z.strictObject({});

/** mAP as ASL and ML-Decoder evaluate: mean over labels of the mean precision at each positive, without interpolation. */
@Metric({
  name: 'asl-average-precision',
  description: 'Mean average precision without interpolation (ASL, ML-Decoder)',
  options,
})
export class AslAveragePrecision implements MetricProvider<z.output<typeof options>> {
  build(): BuiltMetric {
    return meanAveragePrecision(plainAveragePrecision);
  }
}
