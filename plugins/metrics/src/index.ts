import { Query2LabelPlugin } from '@query2label/sdk';
import { AslAveragePrecision } from './asl-average-precision.js';
import { F1AtThreshold } from './f1-at-threshold.js';
import { Top3F1 } from './top3-f1.js';
import { VocAllPoint } from './voc-all-point.js';

export { AslAveragePrecision, F1AtThreshold, Top3F1, VocAllPoint };

@Query2LabelPlugin({
  name: 'metrics',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Mean average precision and F1 under named protocols',
  providers: [VocAllPoint, AslAveragePrecision, F1AtThreshold, Top3F1],
})
export class MetricsPlugin {}

export default MetricsPlugin;
