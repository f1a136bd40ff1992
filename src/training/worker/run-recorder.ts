import type { EntityManager } from 'typeorm';
import type { MetricRecord } from '../../checkpoint/checkpoint-manifest.js';
import type { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import type { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { newIdentifier } from '../../common/identifiers.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { MetricPoint, TrainingRun } from '../entities/index.js';
import { appendEvents, type NewRunEvent } from '../run-changes.js';
import type { RunLease } from '../queue/run-queue.js';
import type { RunEventName } from '../run-status.js';
import { checkpointEvent, progressEvent } from '../events/run-figures.js';
import { overallBest } from '../trainer/early-stopping.js';
import { preprocessingOf } from './preprocessing-of.js';
import type { Snapshot, TrainingProgress } from '../trainer/training-job.js';

/** Between two progress events, in milliseconds. */
const PROGRESS_INTERVAL = 1000;
const INITIAL_THRESHOLD = 0.5;

/** Writes what a trainer reports, every write through the lease. */
export class RunRecorder {
  private readonly pending: NewRunEvent[] = [];
  private newest: TrainingProgress | null = null;
  private lastWrite = performance.now();

  constructor(
    private readonly lease: RunLease,
    private readonly pipeline: AssembledPipeline,
    private readonly labels: readonly string[],
    private readonly checkpoints: CheckpointService,
    private readonly store: CheckpointStore,
  ) {}

  async progress(progress: TrainingProgress): Promise<void> {
    this.newest = progress;
    if (this.isDue()) await this.flush();
  }

  log(level: 'info' | 'warn', message: string): Promise<void> {
    this.pending.push({ type: 'log', payload: { level, message } });
    return level === 'warn' && this.pending.length < 100 ? Promise.resolve() : this.flush();
  }

  /** Writes what has gathered, and renews the lease. */
  flush(): Promise<void> {
    return this.reporting((report) => this.lease.write(report));
  }

  /** Ends the lease, with what has gathered. */
  end(event: RunEventName, cause: string): Promise<void> {
    return this.reporting((report) => this.lease.end(event, cause, report));
  }

  /** Folder first, durably; then record, metrics and progress in one transaction; then what it supersedes goes. */
  async snapshot({ kind, state, history, fresh, predicts, tensors }: Snapshot): Promise<void> {
    const { run } = this.lease;
    await this.flush();
    const draft = {
      id: newIdentifier(),
      kind,
      createdAt: new Date().toISOString(),
      runId: run.id,
      pipelineId: run.pipelineId,
      datasetId: run.datasetId,
      definition: this.pipeline.definition,
      labels: [...this.labels],
      preprocessing: preprocessingOf(this.pipeline),
      predicts,
      thresholds: this.labels.map(() => INITIAL_THRESHOLD),
      metricProtocol: run.recipe.metrics[0].name,
      metrics: [...history],
      training: state,
      recipe: { ...run.recipe },
    };
    const started = performance.now();
    await this.store.write(draft, tensors, (written) => {
      const seconds = (performance.now() - started) / 1000;
      const event = checkpointEvent({ kind, step: state.step, seconds, bytes: written.bytes });
      return this.reporting((report) =>
        this.lease.write(async (manager) => {
          await this.checkpoints.record(manager, written);
          if (kind === 'LAST') {
            await this.writeMetrics(manager, fresh);
            const bestMetric = overallBest(state.best)?.value ?? null;
            await manager.update(TrainingRun, { id: run.id }, { epoch: state.epoch, step: state.step, bestMetric });
          }
          await appendEvents(manager, run.id, [event]);
          await report(manager);
        }),
      );
    });
    const { keepLast, keepBest, keepEveryEpochs } = run.recipe;
    const policy = { keepLast, keepBest, keepEveryEpochs, stepsPerEpoch: state.stepsPerEpoch };
    for (const { id, error } of await this.checkpoints.retain(run.id, policy)) {
      await this.log('warn', `checkpoint ${id} is to be deleted, but stays for now: ${messageOf(error)}`);
    }
  }

  /** Hands what has gathered to a transaction, and forgets it once that is kept: a transaction may be tried several times. */
  private async reporting(transaction: (report: (manager: EntityManager) => Promise<void>) => Promise<void>) {
    const { id } = this.lease.run;
    const { newest } = this;
    const logged = this.pending.length;
    const events = [...this.pending];
    if (newest !== null) events.push(progressEvent(newest));
    await transaction(async (manager) => {
      if (newest !== null) {
        const { epoch, step, totalSteps, loss } = newest;
        await manager.update(TrainingRun, { id }, { epoch, step, totalSteps, loss });
      }
      if (events.length > 0) await appendEvents(manager, id, events);
    });
    this.pending.splice(0, logged);
    if (this.newest === newest) this.newest = null;
    this.lastWrite = performance.now();
  }

  private isDue(): boolean {
    return performance.now() - this.lastWrite >= PROGRESS_INTERVAL;
  }

  private async writeMetrics(manager: EntityManager, records: readonly MetricRecord[]): Promise<void> {
    const at = new Date();
    const runId = this.lease.run.id;
    const points = records.map((record) =>
      Object.assign(new MetricPoint(), record, { id: newIdentifier(), runId, at }),
    );
    if (points.length > 0) await manager.save(MetricPoint, points);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
