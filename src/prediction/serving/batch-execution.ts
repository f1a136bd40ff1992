import { Injectable } from '@nestjs/common';
import { ConfigurationService } from '../../config/index.js';
import type { AttentionView } from '../../pipeline/attention-view.js';
import { DynamicBatcher, type BatchItem } from '../batching/dynamic-batcher.js';
import { sourceBytes, type ImageSource } from '../jobs/image-source.js';
import { predictJob, type ImageAnswer } from '../jobs/predict.job.js';
import { PredictionWorkerLostError } from '../prediction-errors.js';
import { packError } from '../supervisor/remote-error.js';
import { PredictionPool } from './prediction-pool.js';

/** One image for a model. */
export interface ModelRequest {
  readonly source: ImageSource;
  /** `null` for an answer without attention. */
  readonly attention: AttentionView | null;
}

export interface ModelAnswer {
  readonly answer: ImageAnswer;
  readonly grid: { readonly rows: number; readonly columns: number };
  /** What whoever asked has to know of the model. */
  readonly notice: string | null;
  readonly queuedMilliseconds: number;
}

const DRAIN_MILLISECONDS = 10_000;
const MEGABYTE = 1024 * 1024;
const NO_GRID = { rows: 0, columns: 0 };

/** Gathers images into batches and has the workers compute them. */
@Injectable()
export class BatchExecution {
  private readonly batcher: DynamicBatcher<ModelRequest, ModelAnswer>;

  constructor(
    private readonly pool: PredictionPool,
    configuration: ConfigurationService,
  ) {
    const { maximumBatch, maximumDelayMilliseconds, maximumQueued, workers } = configuration.values.prediction;
    const maximumBytes = Math.max(256 * MEGABYTE, 2 * configuration.values.limits.bodyBytes);
    this.batcher = new DynamicBatcher(
      { maximumBatch, maximumDelayMilliseconds, maximumQueued, maximumBytes, concurrency: workers },
      (checkpointId, items) => this.execute(checkpointId, items),
    );
  }

  /**
   * Requests share batches whatever attention they ask for.
   * @throws PredictionOverloadedError, PredictionUnavailableError
   */
  submit(checkpointId: string, requests: readonly ModelRequest[]): Promise<ModelAnswer>[] {
    return this.batcher.submit(checkpointId, requests, ({ source }) => sourceBytes(source));
  }

  /** Answers what was taken, then ends the workers. */
  async close(): Promise<void> {
    await Promise.race([this.batcher.close(), deadline(DRAIN_MILLISECONDS)]);
    await this.pool.stop(DRAIN_MILLISECONDS);
  }

  private async execute(
    checkpointId: string,
    items: readonly BatchItem<ModelRequest>[],
  ): Promise<readonly ModelAnswer[]> {
    try {
      return await this.compute(checkpointId, items);
    } catch (error) {
      if (!(error instanceof PredictionWorkerLostError)) throw error;
    }
    // One of the images may have ended the worker: tried again one by one, the others are answered.
    const answers: ModelAnswer[] = [];
    for (const item of items) answers.push(await this.computeAlone(checkpointId, item));
    return answers;
  }

  private async computeAlone(checkpointId: string, item: BatchItem<ModelRequest>): Promise<ModelAnswer> {
    try {
      const [answer] = await this.compute(checkpointId, [item]);
      return answer;
    } catch (error) {
      const answer = { ok: false as const, error: packError(error) };
      return { answer, grid: NO_GRID, notice: null, queuedMilliseconds: item.queuedMilliseconds };
    }
  }

  private async compute(checkpointId: string, items: readonly BatchItem<ModelRequest>[]): Promise<ModelAnswer[]> {
    const images = items.map(({ item }) => item);
    const { answers, grid, notice } = await this.pool.run(predictJob, { checkpointId, images }, { attempts: 1 });
    return answers.map((answer, index) => ({
      ...{ answer, grid, notice },
      queuedMilliseconds: items[index].queuedMilliseconds,
    }));
  }
}

function deadline(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
