import { Query2LabelPlugin } from '@query2label/sdk';
import { Asl } from './asl.js';
import { ExpectedCalibrationError } from './expected-calibration-error.js';
import { F1AtThreshold } from './f1-at-threshold.js';
import { SklearnAveragePrecision } from './sklearn.js';
import { Top3F1 } from './top3-f1.js';
import { VocAllPoint } from './voc-all-point.js';
import { Voc07ElevenPoint } from './voc07-11-point.js';

export { Asl, ExpectedCalibrationError, F1AtThreshold, SklearnAveragePrecision, Top3F1, Voc07ElevenPoint, VocAllPoint };

@Query2LabelPlugin({
  name: 'metrics',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Mean average precision, F1 and calibration under named protocols',
  providers: [
    VocAllPoint,
    Asl,
    Voc07ElevenPoint,
    SklearnAveragePrecision,
    F1AtThreshold,
    Top3F1,
    ExpectedCalibrationError,
  ],
})
export class MetricsPlugin {}

export default MetricsPlugin;
