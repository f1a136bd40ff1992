import { Injectable, Logger } from '@nestjs/common';
import type { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { loadJob } from '../jobs/predict.job.js';
import { PredictionPool } from './prediction-pool.js';

export interface ServedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Why it is not the one that was asked for. */
  readonly notice: string | null;
}

/** How long a checkpoint that did not load is not tried again while an older one answers for its alias. */
const RETRY_AFTER_MILLISECONDS = 30_000;

/**
 * Finds the checkpoint that answers a request, compiled and warm. When an alias has moved to a checkpoint that does not load,
 * the one that served before goes on serving, and says so.
 */
@Injectable()
export class ServedCheckpoints {
  private readonly logger = new Logger(ServedCheckpoints.name);
  private readonly loads = new Map<string, Promise<unknown>>();
  /** The checkpoint that served an alias last. */
  private readonly serving = new Map<string, string>();
  private readonly failed = new Map<string, { readonly error: unknown; readonly at: number }>();

  constructor(
    private readonly checkpoints: CheckpointService,
    private readonly pool: PredictionPool,
  ) {}

  /** @throws NotFoundError with the aliases that exist, or what keeps the checkpoint from loading */
  async find(idOrAlias: string): Promise<ServedCheckpoint> {
    const checkpoint = await this.checkpoints.resolve(idOrAlias);
    const byAlias = idOrAlias !== checkpoint.id;
    const previous = byAlias ? this.serving.get(idOrAlias) : undefined;
    try {
      if (previous !== undefined && previous !== checkpoint.id) this.throwIfJustFailed(checkpoint.id);
      await this.load(checkpoint.id);
    } catch (error) {
      if (previous === undefined || previous === checkpoint.id) throw error;
      return this.fallBack(idOrAlias, checkpoint, previous, error);
    }
    if (byAlias) this.serving.set(idOrAlias, checkpoint.id);
    return { checkpoint, notice: null };
  }

  private async fallBack(
    alias: string,
    wanted: Checkpoint,
    previous: string,
    error: unknown,
  ): Promise<ServedCheckpoint> {
    const [checkpoint] = await this.checkpoints.many([previous]);
    if (checkpoint === undefined) throw error;
    if (this.failed.get(wanted.id)?.error !== error) {
      this.failed.set(wanted.id, { error, at: performance.now() });
      this.logger.error(`Checkpoint ${wanted.id} of alias "${alias}" does not load; ${previous} goes on serving. ${String(error)}`); // prettier-ignore
    }
    const reason = error instanceof Error ? error.message : String(error);
    const notice = `Checkpoint ${wanted.id}, which "${alias}" points at, does not load: ${reason} The one before it answered.`;
    return { checkpoint, notice };
  }

  private throwIfJustFailed(id: string): void {
    const failure = this.failed.get(id);
    if (failure !== undefined && performance.now() - failure.at < RETRY_AFTER_MILLISECONDS) throw failure.error;
  }

  private async load(checkpointId: string): Promise<void> {
    const load = this.loads.get(checkpointId) ?? this.pool.runOnEach(loadJob, { checkpointId });
    this.loads.set(checkpointId, load);
    try {
      await load;
    } catch (error) {
      this.loads.delete(checkpointId);
      throw error;
    }
  }
}
