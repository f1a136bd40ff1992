import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CoreModule } from '../core.module.js';
import { calibrateJob } from './jobs/calibrate.job.js';
import { engineJob } from './jobs/engine.job.js';
import { evaluateJob } from './jobs/evaluate.job.js';
import { exportJob } from './jobs/export.job.js';
import { loadJob, predictJob } from './jobs/predict.job.js';
import { measureStepJob, profileJob } from './jobs/profile.job.js';
import { renderJob } from './jobs/render.job.js';
import { handle, serveJobs } from './supervisor/serve-jobs.js';
import { AttentionRenderer } from './worker/attention-renderer.js';
import { BatchPredictor } from './worker/batch-predictor.js';
import { Calibrator } from './worker/calibrator.js';
import { describeEngine } from './worker/describe-engine.js';
import { Models } from './worker/models.js';
import { OnnxExporter } from './worker/onnx-exporter.js';
import { PredictionWorkerModule } from './worker/prediction-worker.module.js';
import { PresetProfiler } from './worker/preset-profiler.js';
import { SplitEvaluator } from './worker/split-evaluator.js';

@Module({})
class WorkerRootModule {
  static forRoot(): DynamicModule {
    return { module: WorkerRootModule, imports: [CoreModule.forRoot(), PredictionWorkerModule] };
  }
}

/** Entry of a prediction worker process: decodes, computes, evaluates and draws until the server tells it to stop. */
export async function runPredictionWorker(): Promise<void> {
  // The server decides when its workers end: Ctrl-C reaches the whole process group, and running jobs are to be finished.
  process.on('SIGINT', () => undefined);
  const context = await NestFactory.createApplicationContext(WorkerRootModule.forRoot(), {
    abortOnError: false,
    logger: ['error', 'warn'],
  });
  const models = context.get(Models);
  const predictor = context.get(BatchPredictor);
  const renderer = context.get(AttentionRenderer);
  const calibrator = context.get(Calibrator);
  const evaluator = context.get(SplitEvaluator);
  const exporter = context.get(OnnxExporter);
  const profiler = context.get(PresetProfiler);
  await serveJobs([
    handle(loadJob, async ({ checkpointId }) => {
      const started = performance.now();
      await models.use(checkpointId, () => Promise.resolve());
      return { milliseconds: performance.now() - started };
    }),
    handle(predictJob, (input) => predictor.predict(input)),
    handle(renderJob, (input) => renderer.render(input)),
    handle(exportJob, (input) => exporter.export(input)),
    handle(engineJob, () => describeEngine(models)),
    handle(profileJob, (input) => profiler.profile(input)),
    handle(measureStepJob, (input) => profiler.measure(input)),
    handle(calibrateJob, (input, job) => calibrator.calibrate(input, job)),
    handle(evaluateJob, (input, job) => evaluator.evaluate(input, job)),
  ]);
  await context.close();
  process.disconnect();
}
