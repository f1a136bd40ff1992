import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  ConnectionArguments,
  DataLoaderRegistry,
  expectErrors,
  Loaders,
  type Page,
  type UserError,
} from '../../common/graphql/index.js';
import { MetricPoint, RunTransition, TrainingRun } from '../entities/index.js';
import { RUN_QUEUE, type RunQueue } from '../queue/run-queue.js';
import { RunStatus } from '../run-status.js';
import { TrainingService } from '../training.service.js';
import {
  CancelTrainingRunResult,
  PauseTrainingRunResult,
  ResumeTrainingRunResult,
  StartTrainingRunInput,
  StartTrainingRunResult,
  TrainingRunConnection,
} from './training.types.js';

const runId = (): ParameterDecorator => Args('id', { type: () => ID, description: 'Id of the run.' });

@Resolver(() => TrainingRun)
export class TrainingRunResolver {
  constructor(
    private readonly service: TrainingService,
    @Inject(RUN_QUEUE) private readonly queue: RunQueue,
  ) {}

  @Query(() => TrainingRunConnection, { description: 'Training runs, newest first.' })
  trainingRuns(
    @Args() page: ConnectionArguments,
    @Args('status', { type: () => [RunStatus], nullable: true, description: 'Only those in one of these states.' })
    status?: RunStatus[],
  ): Promise<Page<TrainingRun>> {
    return this.service.page(page, status ?? []);
  }

  @Query(() => TrainingRun, { description: 'One training run.' })
  trainingRun(@runId() id: string): Promise<TrainingRun> {
    return this.service.get(id);
  }

  @Mutation(() => StartTrainingRunResult, {
    description: 'Checks and queues a run; a worker takes it as soon as one is free.',
  })
  startTrainingRun(@Args('input') input: StartTrainingRunInput): Promise<TrainingRun | UserError> {
    return expectErrors(() => this.service.start(input));
  }

  @Mutation(() => PauseTrainingRunResult, {
    description: 'Lets a run rest after the step it is at, with a checkpoint.',
  })
  pauseTrainingRun(@runId() id: string): Promise<TrainingRun | UserError> {
    return expectErrors(() => this.service.pause(id));
  }

  @Mutation(() => ResumeTrainingRunResult, {
    description: 'Queues a paused, interrupted or failed run again; it goes on from its last checkpoint.',
  })
  resumeTrainingRun(@runId() id: string): Promise<TrainingRun | UserError> {
    return expectErrors(() => this.service.resume(id));
  }

  @Mutation(() => CancelTrainingRunResult, { description: 'Ends a run; its checkpoints stay.' })
  cancelTrainingRun(@runId() id: string): Promise<TrainingRun | UserError> {
    return expectErrors(() => this.service.cancel(id));
  }

  @ResolveField(() => [MetricPoint], { description: 'All figures recorded so far, oldest first.' })
  metrics(@Parent() { id }: TrainingRun, @Loaders() loaders: DataLoaderRegistry): Promise<readonly MetricPoint[]> {
    const loader = loaders.get('training.metrics', async (ids: readonly string[]) =>
      grouped(ids, await this.service.metrics(ids)),
    );
    return loader.load(id);
  }

  @ResolveField(() => String, {
    nullable: true,
    description:
      'Why it waits: no worker lives, none has the labels that it asks for, others are before it. Null if it does not wait.',
  })
  waitingBecause(@Parent() run: TrainingRun, @Loaders() loaders: DataLoaderRegistry): Promise<string | null> {
    const loader = loaders.get('training.waiting', (runs: readonly TrainingRun[]) => this.queue.reasonsForWaiting(runs)); // prettier-ignore
    return loader.load(run);
  }

  @ResolveField(() => [RunTransition], { description: 'Every change of its state, oldest first.' })
  transitions(
    @Parent() { id }: TrainingRun,
    @Loaders() loaders: DataLoaderRegistry,
  ): Promise<readonly RunTransition[]> {
    const loader = loaders.get('training.transitions', async (ids: readonly string[]) =>
      grouped(ids, await this.service.transitions(ids)),
    );
    return loader.load(id);
  }
}

function grouped<Row extends { runId: string }>(ids: readonly string[], rows: readonly Row[]): Row[][] {
  const byRun = new Map(ids.map((id): [string, Row[]] => [id, []]));
  for (const row of rows) byRun.get(row.runId)?.push(row);
  return ids.map((id) => byRun.get(id) ?? []);
}
