import { Module } from '@nestjs/common';
import { CheckpointModule } from '../../checkpoint/checkpoint.module.js';
import { DatasetModule } from '../../dataset/dataset.module.js';
import { PipelineModule } from '../../pipeline/pipeline.module.js';
import { AttentionRenderer } from './attention-renderer.js';
import { BatchPredictor } from './batch-predictor.js';
import { Calibrator } from './calibrator.js';
import { Models } from './models.js';
import { OnnxExporter } from './onnx-exporter.js';
import { PresetProfiler } from './preset-profiler.js';
import { SourceDecoder } from './source-decoder.js';
import { SplitEvaluator } from './split-evaluator.js';

/** What a prediction process does, without routes and resolvers. */
@Module({
  imports: [DatasetModule, PipelineModule, CheckpointModule],
  providers: [
    Models,
    Calibrator,
    SourceDecoder,
    BatchPredictor,
    AttentionRenderer,
    SplitEvaluator,
    PresetProfiler,
    OnnxExporter,
  ],
  exports: [Models, Calibrator, BatchPredictor, AttentionRenderer, SplitEvaluator, PresetProfiler, OnnxExporter],
})
export class PredictionWorkerModule {}
