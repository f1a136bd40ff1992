import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { type EntityManager, In, MoreThan } from 'typeorm';
import { CheckpointKind } from '../checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../checkpoint/checkpoint.service.js';
import { InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { type ConnectionArguments, type Page, paginate } from '../common/graphql/index.js';
import { newIdentifier } from '../common/identifiers.js';
import { DatabaseService } from '../database/index.js';
import { SplitReader } from '../dataset/batch/split-reader.js';
import { PipelineAssembler } from '../pipeline/pipeline-assembler.js';
import type { PipelineDefinition } from '../pipeline/pipeline-definition.js';
import { PipelineService } from '../pipeline/pipeline.service.js';
import { LOGGER } from '../logging/index.js';
import { ComponentRegistry } from '../plugin/index.js';
import { MetricPoint, RunEvent, RunTransition, TrainingRun } from './entities/index.js';
import { refuseViews } from './features/refuse-views.js';
import { nextStatus } from './illegal-transition.error.js';
import { assertResumable } from './resume-conflict.js';
import { moveRun, recordTransition } from './run-changes.js';
import { parseRecipe, type Recipe } from './recipe.js';
import { type RunEventName, RunStatus } from './run-status.js';

export interface NewTrainingRun {
  readonly pipelineId: string;
  readonly datasetId: string;
  /** As a person writes it; checked here. */
  readonly recipe?: unknown;
}

/** A training that is not asked for yet. */
export interface CheckedTraining {
  readonly definition: PipelineDefinition;
  readonly datasetId: string;
  readonly recipe?: unknown;
}

/** Starts runs, asks things of them, and reads what they have recorded. Training itself happens in workers. */
@Injectable()
export class TrainingService {
  constructor(
    private readonly database: DatabaseService,
    private readonly pipelines: PipelineService,
    private readonly assembler: PipelineAssembler,
    private readonly splits: SplitReader,
    private readonly registry: ComponentRegistry,
    private readonly checkpoints: CheckpointService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Checks everything that can be checked without training.
   * @returns the recipe with all options filled in
   * @throws InvalidInputError, NotFoundError, ConflictError (dataset not ready)
   */
  async check({ definition, datasetId, recipe: input }: CheckedTraining): Promise<Recipe> {
    const recipe = this.completed(parseRecipe(input ?? {}));
    const train = await this.splits.open(datasetId, recipe.splits.train);
    await this.splits.open(datasetId, recipe.splits.validation);
    if (train.count < recipe.batchSize) {
      throw InvalidInputError.field(
        'recipe.batchSize',
        `a batch of ${recipe.batchSize} is larger than the split "${recipe.splits.train}" of ${train.count} pictures`,
      );
    }
    const freeze = [...definition.freeze, ...recipe.freeze];
    refuseViews(recipe, await this.assembler.assemble({ ...definition, freeze }, train.labels.length));
    return recipe;
  }

  /** Checks and queues a run. @throws as `check` does */
  async start({ pipelineId, datasetId, recipe: input }: NewTrainingRun): Promise<TrainingRun> {
    const { definition } = await this.pipelines.get(pipelineId);
    const recipe = await this.check({ definition, datasetId, recipe: input });
    const queued = await this.database.write(async (manager) => {
      const run = Object.assign(new TrainingRun(), {
        ...{ id: newIdentifier(), pipelineId, datasetId, recipe, status: RunStatus.QUEUED },
        ...{
          requested: null,
          leaseToken: null,
          leaseMilliseconds: null,
          leaseRenewals: 0,
          workerId: null,
          interruptions: 0,
          nextTryAt: null,
        },
        ...{ problem: null, epoch: 0, step: 0, totalSteps: null, loss: null, bestMetric: null, lastEvent: 0 },
        ...{ createdAt: new Date(), startedAt: null, finishedAt: null },
      });
      await manager.save(run);
      await recordTransition(manager, { runId: run.id, from: null, to: RunStatus.QUEUED, cause: 'asked for' });
      return run;
    });
    this.logger.info({ run: queued.id }, 'a training run was asked for');
    return queued;
  }

  /** A waiting run rests at once, a running one after the step it is at, with a checkpoint. */
  pause(id: string): Promise<TrainingRun> {
    return this.change(id, 'pause', 'asked to pause');
  }

  /** @throws ConflictError if its dataset no longer has the labels of its checkpoint */
  async resume(id: string): Promise<TrainingRun> {
    const run = await this.get(id);
    nextStatus(id, run.status, 'resume');
    const checkpoint = await this.checkpoints.newest(id, CheckpointKind.LAST);
    if (checkpoint !== null) {
      const { labels } = await this.splits.open(run.datasetId, run.recipe.splits.train);
      assertResumable(id, { labels: checkpoint.labels }, { labels });
    }
    return this.change(id, 'resume', 'asked to resume');
  }

  cancel(id: string): Promise<TrainingRun> {
    return this.change(id, 'cancel', 'asked to cancel');
  }

  /** @throws NotFoundError */
  get(id: string): Promise<TrainingRun> {
    return found(this.database.read, id);
  }

  /** Those that exist, in any order. */
  many(ids: readonly string[]): Promise<TrainingRun[]> {
    return this.database.read.findBy(TrainingRun, { id: In([...ids]) });
  }

  page(page: ConnectionArguments, statuses: readonly RunStatus[] = []): Promise<Page<TrainingRun>> {
    const query = this.database.read.createQueryBuilder(TrainingRun, 'run');
    if (statuses.length > 0) query.where('run.status IN (:...statuses)', { statuses });
    return paginate(query, 'run', page);
  }

  /** Of several runs, in the order in which they were recorded. */
  metrics(runIds: readonly string[]): Promise<MetricPoint[]> {
    return this.database.read.find(MetricPoint, {
      where: { runId: In([...runIds]) },
      order: { step: 'ASC', id: 'ASC' },
    });
  }

  transitions(runIds: readonly string[]): Promise<RunTransition[]> {
    return this.database.read.find(RunTransition, {
      where: { runId: In([...runIds]) },
      order: { sequence: 'ASC', id: 'ASC' },
    });
  }

  /** Events of a run after one of them, oldest first. */
  events(runId: string, after: number, limit: number): Promise<RunEvent[]> {
    return this.database.read.find(RunEvent, {
      where: { runId, sequence: MoreThan(after) },
      order: { sequence: 'ASC' },
      take: limit,
    });
  }

  /** The recipe with all options of its components filled in. */
  private completed(recipe: Recipe): Recipe {
    const { optimizer, schedule, augmentations, metrics } = recipe;
    const names = metrics.map(({ name }) => name);
    this.refuseMixed(recipe);
    this.checkDeciding(recipe);
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) throw InvalidInputError.field('recipe.metrics', `"${repeated}" is named twice`);
    return {
      ...recipe,
      optimizer: {
        ...optimizer,
        options: { ...this.registry.resolve('optimizer', optimizer, 'recipe.optimizer').options },
      },
      schedule: { ...schedule, options: { ...this.registry.resolve('schedule', schedule, 'recipe.schedule').options } },
      augmentations: augmentations.map((reference, index) => ({
        ...reference,
        options: { ...this.registry.resolve('augmentation', reference, `recipe.augmentations.${index}`).options },
      })),
      metrics: metrics.map((reference, index) => ({
        ...reference,
        options: { ...this.registry.resolve('metric', reference, `recipe.metrics.${index}`).options },
      })),
    };
  }

  /** No engine computes in half precision yet: nothing is to be trained in another one than was asked for. */
  private refuseMixed({ precision }: Recipe): void {
    if (precision === 'float32') return;
    throw InvalidInputError.field(
      'recipe.precision',
      'received "mixed", but the engines of this version compute in float32 only',
      'Leave precision out, or set it to float32.',
    );
  }

  /** The first metric says which parameters are best: more of it has to be better. */
  private checkDeciding({ metrics: [first] }: Recipe): void {
    const { provider, options } = this.registry.resolve('metric', first, 'recipe.metrics.0');
    if (provider.build(options).lowerIsBetter !== true) return;
    throw InvalidInputError.field(
      'recipe.metrics.0',
      `the first metric decides which parameters are best, but of "${first.name}" less is better`,
      'Put a metric of which more is better first, voc-all-point for example.',
    );
  }

  private change(id: string, event: RunEventName, cause: string): Promise<TrainingRun> {
    return this.database.write(async (manager) => {
      // Taking the row's lock first: a worker that ends the run meanwhile is seen.
      await manager.increment(TrainingRun, { id }, 'lastEvent', 0);
      const run = await found(manager, id);
      nextStatus(id, run.status, event);
      if (run.status === RunStatus.RUNNING) {
        // Its worker does it after the step it is at. A cancellation is never taken back by a pause.
        const requested = run.requested === 'cancel' ? 'cancel' : event;
        await manager.update(TrainingRun, { id }, { requested });
      } else {
        const changes = event === 'resume' ? { interruptions: 0 } : {};
        await moveRun(manager, { runId: id, from: run.status, event, cause, changes });
      }
      this.logger.info({ run: id, state: run.status }, `the run was ${cause}`);
      return found(manager, id);
    });
  }
}

async function found(manager: EntityManager, id: string): Promise<TrainingRun> {
  const run = await manager.findOneBy(TrainingRun, { id });
  if (run === null) throw new NotFoundError('training run', id);
  return run;
}
