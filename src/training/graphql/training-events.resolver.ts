import { Args, ID, Int, Resolver, Subscription } from '@nestjs/graphql';
import { z } from 'zod';
import { RunEvent, TrainingRun } from '../entities/index.js';
import { EventFeed } from '../events/event-feed.js';
import { progressSchema } from '../events/run-figures.js';
import { TrainingService } from '../training.service.js';
import { TrainingRunLogLine, TrainingRunProgress } from './training.types.js';

const logSchema = z.object({ level: z.string(), message: z.string() });
const stateSchema = z.object({ from: z.string().nullable(), to: z.string(), cause: z.string() });

const itself = { resolve: (value: unknown) => value };
const runId = (): ParameterDecorator => Args('id', { type: () => ID, description: 'Id of the run.' });
const afterEvent = (): ParameterDecorator =>
  Args('after', {
    type: () => Int,
    nullable: true,
    description: 'Number of the last event seen: what came since is sent first.',
  });

/** What happens to runs, pushed. Every subscription ends when its run is over. */
@Resolver()
export class TrainingEventsResolver {
  constructor(
    private readonly feed: EventFeed,
    private readonly service: TrainingService,
  ) {}

  @Subscription(() => TrainingRunProgress, { ...itself, description: 'Progress of a run, about once a second.' })
  async *trainingRunProgress(@runId() id: string, @afterEvent() after?: number): AsyncGenerator<TrainingRunProgress> {
    for await (const { type, sequence: eventId, payload, at } of this.feed.follow(id, after ?? 0)) {
      if (type === 'progress') yield { eventId, at, ...progressOf(payload) };
    }
  }

  @Subscription(() => TrainingRunLogLine, {
    ...itself,
    description: 'What the worker of a run says, and changes of its state.',
  })
  async *trainingRunLog(@runId() id: string, @afterEvent() after?: number): AsyncGenerator<TrainingRunLogLine> {
    for await (const event of this.feed.follow(id, after ?? 0)) {
      if (event.type === 'log' || event.type === 'state')
        yield { eventId: event.sequence, at: event.at, ...lineOf(event) };
    }
  }

  @Subscription(() => TrainingRun, {
    ...itself,
    description: 'The run, once it has succeeded, failed or was cancelled.',
  })
  async *trainingRunFinished(@runId() id: string): AsyncGenerator<TrainingRun> {
    const { lastEvent } = await this.service.get(id);
    const rest = this.feed.follow(id, lastEvent);
    while ((await rest.next()).done !== true);
    yield await this.service.get(id);
  }
}

function progressOf(payload: unknown): Omit<TrainingRunProgress, 'eventId' | 'at'> {
  const { residentBytes: _, ...progress } = progressSchema.parse(payload);
  return progress;
}

function lineOf({ type, payload }: RunEvent): { level: string; message: string } {
  if (type === 'log') return logSchema.parse(payload);
  const { to, cause } = stateSchema.parse(payload);
  return { level: to === 'FAILED' || to === 'INTERRUPTED' ? 'warn' : 'info', message: `${to}: ${cause}` };
}
