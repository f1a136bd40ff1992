import { Module } from '@nestjs/common';
import { CheckpointModule } from '../checkpoint/checkpoint.module.js';
import { AttentionController } from './attention.controller.js';
import { EvaluationResolver } from './evaluation/evaluation.resolver.js';
import { EvaluationService } from './evaluation/evaluation.service.js';
import { ExportResolver } from './export/export.resolver.js';
import { OnnxExportController } from './export/onnx-export.controller.js';
import { registerPredictionErrors } from './prediction-user-errors.js';
import { PredictionResolver } from './prediction.resolver.js';
import { PredictionService } from './prediction.service.js';
import { PresetCostsService } from './presets/preset-costs.service.js';
import { PresetResolver } from './presets/preset.resolver.js';
import { QuantizationResolver } from './quantization/quantization.resolver.js';
import { QuantizationService } from './quantization/quantization.service.js';
import { AttentionStore } from './serving/attention-store.js';
import { BatchExecution } from './serving/batch-execution.js';
import { ImageSources } from './serving/image-sources.js';
import { PredictionPool } from './serving/prediction-pool.js';
import { ServedCheckpoints } from './serving/served-checkpoints.js';
import { ThresholdResolver } from './thresholds/threshold.resolver.js';
import { ThresholdService } from './thresholds/threshold.service.js';

registerPredictionErrors();

/** Predictions, evaluations and thresholds. What computes runs in processes of its own (`PredictionWorkerModule`). */
@Module({
  imports: [CheckpointModule],
  controllers: [AttentionController, OnnxExportController],
  providers: [
    PredictionPool,
    ServedCheckpoints,
    ImageSources,
    BatchExecution,
    AttentionStore,
    PredictionService,
    PredictionResolver,
    EvaluationService,
    EvaluationResolver,
    ExportResolver,
    QuantizationService,
    QuantizationResolver,
    ThresholdService,
    ThresholdResolver,
    PresetCostsService,
    PresetResolver,
  ],
  exports: [PredictionPool, PredictionService, EvaluationService, ThresholdService],
})
export class PredictionModule {}
