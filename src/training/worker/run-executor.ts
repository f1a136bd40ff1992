import { Inject, Injectable } from '@nestjs/common';
import type { Engine } from '@query2label/engine';
import type { Logger } from 'pino';
import { MoreThan } from 'typeorm';
import { CheckpointKind } from '../../checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { DamagedCheckpointError } from '../../checkpoint/container/container-error.js';
import type { LoadedTrainingCheckpoint } from '../../checkpoint/loaded-checkpoint.js';
import { ExpectedError } from '../../common/errors/index.js';
import { ConfigurationService } from '../../config/index.js';
import { BatchLoader } from '../../dataset/batch/batch-loader.js';
import { labelStatistics } from '../../dataset/batch/label-statistics.js';
import type { LoadedSplit } from '../../dataset/batch/loaded-split.js';
import { SplitReader } from '../../dataset/batch/split-reader.js';
import { isDatabaseUnavailable } from '../../database/index.js';
import { LOGGER } from '../../logging/index.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import { PipelineService } from '../../pipeline/pipeline.service.js';
import { ComponentRegistry } from '../../plugin/index.js';
import { MetricPoint } from '../entities/index.js';
import { FeatureCache } from '../features/feature-cache.js';
import { LostLeaseError } from '../queue/lost-lease.error.js';
import type { RunLease } from '../queue/run-queue.js';
import { assertResumable } from '../resume-conflict.js';
import { Trainer } from '../trainer/trainer.js';
import type { TrainingJob } from '../trainer/training-job.js';
import { preprocessingOf } from './preprocessing-of.js';
import { RunRecorder } from './run-recorder.js';
import { diskEnding, isDiskFull, StopCheck } from './stop-check.js';

/** The lease outlives a step by this factor. */
const PATIENCE_FACTOR = 4;
/** How much of the longest step so far counts after the next one: the first is much longer than all others. */
const FADING = 0.9;
/** While programs are recorded and compiled, which blocks the process, the lease is longer by this factor. */
const PREPARATION_FACTOR = 5;

/** Executes a claimed run: assembles, trains, records, and ends it. */
@Injectable()
export class RunExecutor {
  constructor(
    private readonly registry: ComponentRegistry,
    private readonly pipelines: PipelineService,
    private readonly assembler: PipelineAssembler,
    private readonly splits: SplitReader,
    private readonly loader: BatchLoader,
    private readonly featureCache: FeatureCache,
    private readonly checkpoints: CheckpointService,
    private readonly store: CheckpointStore,
    private readonly configuration: ConfigurationService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param draining whether the process is asked to end; the run is handed back then */
  async execute(lease: RunLease, engine: Engine, draining: () => boolean): Promise<void> {
    const log = this.logger.child({ run: lease.run.id });
    log.info('training begins');
    try {
      await this.train(lease, engine, draining);
      log.info('training ends');
    } catch (error) {
      if (error instanceof LostLeaseError) {
        log.warn(error.message);
        return;
      }
      if (isDatabaseUnavailable(error)) {
        log.warn({ err: error }, 'the database is away: the run is given up');
        await lease.end('interrupt', 'the database was away').catch(() => log.warn('nobody was told'));
        return;
      }
      if (isDiskFull(error)) {
        const { event, cause } = diskEnding(`writing failed (${String(error)}). Delete old checkpoints or enlarge it.`);
        log.error({ err: error }, cause);
        await lease.end(event, cause).catch((lost: unknown) => log.warn({ err: lost }, 'nobody was told'));
        return;
      }
      log.error({ err: error }, 'the run failed');
      const message = error instanceof Error ? error.message : String(error);
      const help = error instanceof ExpectedError && error.help !== undefined ? ` ${error.help}` : '';
      await lease.end('fail', `${message}${help}`).catch((lost: unknown) => log.warn({ err: lost }, 'nobody was told'));
    } finally {
      lease.release();
    }
  }

  private async train(lease: RunLease, engine: Engine, draining: () => boolean): Promise<void> {
    const { run } = lease;
    const { recipe } = run;
    lease.expectSilence(PREPARATION_FACTOR * lease.milliseconds);
    await lease.write(() => Promise.resolve());
    const train = await this.splits.open(run.datasetId, recipe.splits.train);
    const validation = await this.splits.open(run.datasetId, recipe.splits.validation);
    const resume = await this.resumePoint(lease);
    const pipeline = await this.assemble(lease, train, resume);
    const recorder = new RunRecorder(lease, pipeline, train.labels, this.checkpoints, this.store);
    await this.forgetLaterMetrics(lease, resume?.manifest.training?.step ?? 0);
    const { name, version } = engine.description;
    await recorder.log('info', `${resume === null ? 'starts' : `goes on from step ${resume.manifest.training?.step ?? 0}`} on ${name} ${version}`); // prettier-ignore
    let longest = 0;
    const stopCheck = new StopCheck(lease, draining, this.configuration.values.data);
    const trainer = new Trainer({
      ...{ engine, pipeline, recipe, train, validation, resume, loader: this.loader, featureCache: this.featureCache },
      ...this.components(lease, pipeline),
      hooks: {
        shouldStop: () => stopCheck.look(),
        onProgress: (progress) => recorder.progress(progress),
        onLog: (level, message) => recorder.log(level, message),
        onSnapshot: (snapshot) => recorder.snapshot(snapshot),
        onStepTime: (milliseconds) => {
          longest = Math.max(milliseconds, FADING * longest);
          lease.expectSilence(PATIENCE_FACTOR * longest);
        },
      },
    });
    const { event, cause } = stopCheck.ending(await trainer.run());
    await recorder.end(event, cause);
  }

  /** Architecture, labels and preprocessing of a resumed run come from its checkpoint. @throws ConflictError if they changed since */
  private async assemble(
    lease: RunLease,
    train: LoadedSplit,
    resume: LoadedTrainingCheckpoint | null,
  ): Promise<AssembledPipeline> {
    const pipeline = await this.pipelines.get(lease.run.pipelineId);
    const freeze = [...pipeline.definition.freeze, ...lease.run.recipe.freeze];
    const definition = { ...pipeline.definition, freeze };
    const { labels } = train;
    const statistics = labelStatistics(train);
    if (resume === null) return this.assembler.assemble(definition, labels.length, statistics);
    const { manifest } = resume;
    const assembled = await this.assembler.assemble(manifest.definition, manifest.labels.length, statistics);
    const preprocessing = preprocessingOf(assembled);
    assertResumable(lease.run.id, manifest, { definition, labels, preprocessing });
    return assembled;
  }

  private components(
    { run }: RunLease,
    pipeline: AssembledPipeline,
  ): Pick<TrainingJob, 'optimizer' | 'schedule' | 'augmentations' | 'metrics'> {
    const { recipe } = run;
    const optimizer = this.registry.resolve('optimizer', recipe.optimizer, 'recipe.optimizer');
    const schedule = this.registry.resolve('schedule', recipe.schedule, 'recipe.schedule');
    const { imageSize } = pipeline;
    return {
      optimizer: optimizer.provider.build(optimizer.options),
      schedule: (totalSteps, stepsPerEpoch) =>
        schedule.provider.build(schedule.options, { learningRate: recipe.learningRate, totalSteps, stepsPerEpoch }),
      augmentations: recipe.augmentations.map((reference, index) => {
        const { provider, options } = this.registry.resolve('augmentation', reference, `recipe.augmentations.${index}`);
        return provider.build(options, { imageSize });
      }),
      metrics: recipe.metrics.map((reference, index) => {
        const { provider, options } = this.registry.resolve('metric', reference, `recipe.metrics.${index}`);
        return { name: reference.name, metric: provider.build(options) };
      }),
    };
  }

  /** The newest whole LAST checkpoint; one that turns out damaged is passed over for the one before, and said so in the log. */
  private async resumePoint({ run }: RunLease): Promise<LoadedTrainingCheckpoint | null> {
    for (const { id } of await this.checkpoints.allOf(run.id, CheckpointKind.LAST)) {
      try {
        return await this.store.loadTraining(id);
      } catch (error) {
        if (!(error instanceof DamagedCheckpointError)) throw error;
        this.logger.error({ run: run.id, err: error }, 'a checkpoint is damaged; the one before it is used');
      }
    }
    return null;
  }

  /** Figures from after the checkpoint are made again. */
  private forgetLaterMetrics(lease: RunLease, step: number): Promise<void> {
    return lease.write(async (manager) => {
      await manager.delete(MetricPoint, { runId: lease.run.id, step: MoreThan(step) });
    });
  }
}
