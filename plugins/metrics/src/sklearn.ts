import { Metric } from '@query2label/sdk';
import type { BuiltMetric, MetricProvider, z } from '@query2label/sdk';
import { scikitLearnAveragePrecision } from './average-precision.js';
import { averagePrecisionOptions as options, meanAveragePrecision } from './mean-average-precision.js';

/**
 * mAP as `average_precision_score(average='macro')` of scikit-learn, but that a label without positives is left out of the mean.
 */
@Metric({
  name: 'sklearn',
  description: 'Mean average precision as scikit-learn computes it: ties taken together',
  options,
})
export class SklearnAveragePrecision implements MetricProvider<z.output<typeof options>> {
  build(chosen: z.output<typeof options>): BuiltMetric {
    return meanAveragePrecision(scikitLearnAveragePrecision, chosen);
  }
}
