import { describe, it } from '@jest/globals';
import { testMetric } from '@query2label/sdk/testing';
import {
  Asl,
  ExpectedCalibrationError,
  F1AtThreshold,
  SklearnAveragePrecision,
  Top3F1,
  Voc07ElevenPoint,
  VocAllPoint,
} from './index.js';

const metrics = [Asl, ExpectedCalibrationError, F1AtThreshold, SklearnAveragePrecision, Top3F1, Voc07ElevenPoint];
for (const Metric of [...metrics, VocAllPoint]) testMetric({ provider: new Metric() }, { describe, it });
testMetric({ provider: new VocAllPoint(), options: { bootstrapSamples: 20 } }, { describe, it });
