import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { In, MoreThan, Not } from 'typeorm';
import { z } from 'zod';
import { DatabaseService } from '../database/index.js';
import { type RunEvent, TrainingRun } from '../training/entities/index.js';
import { checkpointSchema, progressSchema } from '../training/events/run-figures.js';
import { RUN_QUEUE, type RunQueue } from '../training/queue/run-queue.js';
import { isFinished, RunStatus } from '../training/run-status.js';
import { TrainingService } from '../training/training.service.js';
import { createRunGauges, type RunGauges } from './run-gauges.js';

const CHUNK = 500;
const FINISHED = Object.values(RunStatus).filter(isFinished);
const countSchema = z.array(z.object({ status: z.enum(RunStatus), count: z.coerce.number() }));
const sumSchema = z.object({ sum: z.coerce.number() });

/**
 * Takes the figures of all runs from the database, where the workers leave them: states, leases, and what their events say since the
 * reading before.
 */
@Injectable()
export class RunObserver {
  private gauges: RunGauges | undefined;
  /** Number of the last event seen of each run that is not over. */
  private readonly cursors = new Map<string, number>();
  private newest = '';

  constructor(
    private readonly database: DatabaseService,
    private readonly training: TrainingService,
    @Inject(RUN_QUEUE) private readonly queue: RunQueue,
  ) {}

  /** What happened before is not counted, as Prometheus expects of a process that starts anew. */
  async begin(registry: Registry): Promise<void> {
    this.gauges = createRunGauges(registry);
    const [last] = await this.database.read.find(TrainingRun, { order: { id: 'DESC' }, take: 1 });
    this.newest = last?.id ?? '';
    const open = await this.database.read.findBy(TrainingRun, { status: Not(In(FINISHED)) });
    for (const { id, lastEvent } of open) this.cursors.set(id, lastEvent);
  }

  async observe(): Promise<void> {
    const { gauges } = this;
    if (gauges === undefined) return;
    await this.countRuns(gauges);
    gauges.workers.set((await this.queue.workers()).length);
    const seen = [...this.cursors.keys()];
    const where = [{ status: Not(In(FINISHED)) }, { id: In(seen) }, { id: MoreThan(this.newest) }];
    for (const run of await this.database.read.find(TrainingRun, { where, order: { id: 'ASC' } })) {
      if (run.id > this.newest) this.newest = run.id;
      await this.follow(run, gauges);
    }
  }

  private async countRuns(gauges: RunGauges): Promise<void> {
    const rows: unknown = await this.database.read
      .createQueryBuilder(TrainingRun, 'run')
      .select('run.status', 'status')
      .addSelect('COUNT(*)', 'count')
      .groupBy('run.status')
      .getRawMany();
    const counts = new Map(countSchema.parse(rows).map(({ status, count }) => [status, count]));
    for (const state of Object.values(RunStatus)) gauges.runs.set({ state }, counts.get(state) ?? 0);
    gauges.queueDepth.set(counts.get(RunStatus.QUEUED) ?? 0);
    const total: unknown = await this.database.read
      .createQueryBuilder(TrainingRun, 'run')
      .select('COALESCE(SUM(run.leaseRenewals), 0)', 'sum')
      .getRawOne();
    gauges.leaseRenewals.reset();
    gauges.leaseRenewals.inc(sumSchema.parse(total).sum);
  }

  private async follow(run: TrainingRun, gauges: RunGauges): Promise<void> {
    let cursor = this.cursors.get(run.id) ?? 0;
    for (;;) {
      const events = await this.training.events(run.id, cursor, CHUNK);
      for (const event of events) record(event, run, gauges);
      cursor = events.at(-1)?.sequence ?? cursor;
      if (events.length < CHUNK) break;
    }
    this.cursors.set(run.id, cursor);
    if (isFinished(run.status)) this.cursors.delete(run.id);
    if (run.status !== RunStatus.RUNNING) forget(run.id, gauges);
  }
}

function record({ type, payload }: RunEvent, { id, recipe }: TrainingRun, gauges: RunGauges): void {
  if (type === 'checkpoint') {
    const { kind, seconds, bytes } = checkpointSchema.parse(payload);
    gauges.checkpointSeconds.observe({ kind }, seconds);
    gauges.checkpointBytes.observe({ kind }, bytes);
  } else if (type === 'progress') {
    const { step, loss, imagesPerSecond, residentBytes } = progressSchema.parse(payload);
    const run = { run: id };
    gauges.step.set(run, step);
    gauges.loss.set(run, loss);
    gauges.imagesPerSecond.set(run, imagesPerSecond);
    gauges.stepsPerSecond.set(run, imagesPerSecond / recipe.batchSize);
    gauges.workerMemory.set(run, residentBytes);
  }
}

/** A run that nobody trains has no speed. */
function forget(run: string, gauges: RunGauges): void {
  const { step, loss, stepsPerSecond, imagesPerSecond, workerMemory } = gauges;
  for (const gauge of [step, loss, stepsPerSecond, imagesPerSecond, workerMemory]) gauge.remove({ run });
}
