import type { EntityManager } from 'typeorm';
import type { MetricRecord } from '../../checkpoint/checkpoint-manifest.js';
import type { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import type { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { CheckpointKind } from '../../checkpoint/checkpoint.entity.js';
import { newIdentifier } from '../../common/identifiers.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { MetricPoint, TrainingRun } from '../entities/index.js';
import { appendEvents, type NewRunEvent } from '../queue/run-changes.js';
import type { RunLease } from '../queue/run-queue.js';
import { overallBest } from '../trainer/early-stopping.js';
import type { Snapshot, TrainingProgress } from '../trainer/training-job.js';

/** Between two progress events, in milliseconds. */
const PROGRESS_INTERVAL = 1000;
const INITIAL_THRESHOLD = 0.5;

/** Writes what a trainer reports, every write through the lease. */
export class RunRecorder {
  private pending: NewRunEvent[] = [];
  private newest: TrainingProgress | null = null;
  private lastWrite = 0;

  constructor(
    private readonly lease: RunLease,
    private readonly pipeline: AssembledPipeline,
    private readonly labels: readonly string[],
    private readonly checkpoints: CheckpointService,
    private readonly store: CheckpointStore,
  ) {}

  async progress(progress: TrainingProgress): Promise<void> {
    this.newest = progress;
    if (Date.now() - this.lastWrite >= PROGRESS_INTERVAL) await this.flush();
  }

  log(level: 'info' | 'warn', message: string): Promise<void> {
    this.pending.push({ type: 'log', payload: { level, message } });
    return level === 'warn' && this.pending.length < 100 ? Promise.resolve() : this.flush();
  }

  /** Writes what has gathered, and renews the lease. */
  async flush(): Promise<void> {
    await this.lease.write((manager) => this.writePending(manager));
  }

  /** Makes sure that the lease is renewed while nothing is reported. */
  async keepAlive(): Promise<void> {
    if (Date.now() - this.lastWrite >= PROGRESS_INTERVAL) await this.flush();
  }

  /** Folder first, durably; then record, metrics and progress in one transaction; then what it supersedes goes. */
  async snapshot({ kind, state, history, fresh, predicts, tensors }: Snapshot): Promise<void> {
    const { run } = this.lease;
    const { height, width } = this.pipeline.imageSize;
    const { mean, std } = this.pipeline.normalization;
    await this.flush();
    const written = await this.store.write(
      {
        id: newIdentifier(),
        kind,
        createdAt: new Date().toISOString(),
        runId: run.id,
        pipelineId: run.pipelineId,
        datasetId: run.datasetId,
        definition: this.pipeline.definition,
        labels: [...this.labels],
        preprocessing: {
          height,
          width,
          resize: 'squash-bilinear-antialiased',
          normalization: { mean: [...mean], std: [...std] },
        },
        predicts,
        thresholds: this.labels.map(() => INITIAL_THRESHOLD),
        metricProtocol: run.recipe.metrics[0].name,
        metrics: [...history],
        training: state,
        recipe: { ...run.recipe },
      },
      tensors,
    );
    try {
      await this.lease.write(async (manager) => {
        await this.checkpoints.record(manager, written);
        if (kind === 'LAST') {
          await this.writeMetrics(manager, fresh);
          const bestMetric = overallBest(state.best)?.value ?? null;
          await manager.update(TrainingRun, { id: run.id }, { epoch: state.epoch, step: state.step, bestMetric });
        }
        await this.writePending(manager);
      });
    } catch (error) {
      await this.store.remove(written.manifest.id);
      throw error;
    }
    const keep = kind === 'LAST' ? run.recipe.keepLast : 1;
    await this.checkpoints.retain(run.id, kind === 'LAST' ? CheckpointKind.LAST : CheckpointKind.BEST, keep);
  }

  async writePending(manager: EntityManager): Promise<void> {
    const { run } = this.lease;
    const events = [...this.pending];
    if (this.newest !== null) {
      const { epoch, step, totalSteps, loss } = this.newest;
      await manager.update(TrainingRun, { id: run.id }, { epoch, step, totalSteps, loss });
      events.push({ type: 'progress', payload: { ...this.newest } });
    }
    await appendEvents(manager, run.id, events);
    this.pending = [];
    this.newest = null;
    this.lastWrite = Date.now();
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
