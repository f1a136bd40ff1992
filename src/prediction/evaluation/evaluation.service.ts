import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Quantization } from '@query2label/engine';
import { PubSub } from 'graphql-subscriptions';
import type { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { ConfigurationService } from '../../config/index.js';
import { SharedWork } from '../../common/shared-work.js';
import { Limiter } from '../../dataset/batch/limiter.js';
import { type EvaluateInput, evaluateJob, type EvaluateOutput } from '../jobs/evaluate.job.js';
import { PredictionOverloadedError, PredictionUnavailableError } from '../prediction-errors.js';
import { PredictionPool } from '../serving/prediction-pool.js';
import type { EvaluationProgress } from './evaluation.types.js';

export interface EvaluationRequest {
  /** Id or alias. */
  readonly checkpoint: string;
  readonly dataset: string;
  readonly split: string;
  /** Default `voc-all-point`. */
  readonly metrics?: EvaluateInput['metrics'];
  /** How to choose thresholds on the split; default: none are. */
  readonly choose?: EvaluateInput['choose'];
  /** Greatest number of points of each precision-recall curve; default: no curves. */
  readonly curvePoints?: number;
  readonly onUnreadable: EvaluateInput['onUnreadable'];
  /** Numbers to compute in; default: those that the checkpoint is to predict in. */
  readonly as?: Quantization | 'float32';
}

export interface MeasuredCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly measured: EvaluateOutput;
}

const MAXIMUM_WAITING = 16;
const DEFAULT_METRICS = [{ name: 'voc-all-point', options: {} }];

/**
 * Has the prediction workers evaluate checkpoints: as many at a time as there are workers, equal requests once. Everyone may
 * follow the progress.
 */
@Injectable()
export class EvaluationService implements BeforeApplicationShutdown {
  private readonly events = new PubSub<Record<string, EvaluationProgress>>();
  private readonly running = new SharedWork<EvaluateOutput>();
  private readonly limiter: Limiter;
  private readonly stopping = new AbortController();

  constructor(
    private readonly checkpoints: CheckpointService,
    private readonly pool: PredictionPool,
    configuration: ConfigurationService,
  ) {
    this.limiter = new Limiter(configuration.values.prediction.workers);
  }

  /**
   * @param signal aborted when whoever asks leaves; the evaluation is given up when all have left
   * @param onProgress told of the progress of evaluations of the checkpoint on the split
   * @throws NotFoundError for checkpoint, dataset, split or metric; InvalidInputError for options of a metric; ConflictError if
   *   the dataset lacks labels; UnreadableImageError; PredictionOverloadedError; PredictionUnavailableError
   */
  async evaluate(
    request: EvaluationRequest,
    signal?: AbortSignal,
    onProgress?: (progress: EvaluationProgress) => void,
  ): Promise<MeasuredCheckpoint> {
    const checkpoint = await this.checkpoints.resolve(request.checkpoint);
    const { dataset: datasetId, split, metrics = DEFAULT_METRICS, choose, curvePoints, onUnreadable } = request;
    const { id: checkpointId, thresholds } = checkpoint;
    const { precision } = checkpoint;
    const as = request.as === undefined || request.as === 'float32' ? request.as : copyOf(request.as);
    const input = { checkpointId, datasetId, split, metrics, thresholds, choose, curvePoints, onUnreadable, as };
    const key = JSON.stringify({ ...input, precision });
    if (!this.running.has(key) && this.running.size >= MAXIMUM_WAITING) {
      throw new PredictionOverloadedError(`${this.running.size} evaluations run or wait; no more are taken.`);
    }
    const following = onProgress && (await this.events.subscribe(topic(checkpointId, datasetId, split), onProgress));
    try {
      return { checkpoint, measured: await this.running.join(key, (left) => this.start(input, left), signal) };
    } finally {
      if (following !== undefined) this.events.unsubscribe(following);
    }
  }

  /** Progress of evaluations of a checkpoint on a split, those that begin later included, until one has ended. */
  async *follow(idOrAlias: string, dataset: string, split: string): AsyncGenerator<EvaluationProgress> {
    const { id } = await this.checkpoints.resolve(idOrAlias);
    const name = topic(id, dataset, split);
    const events: AsyncIterable<EvaluationProgress> = {
      [Symbol.asyncIterator]: () => this.events.asyncIterableIterator<EvaluationProgress>(name),
    };
    for await (const progress of events) {
      yield progress;
      if (progress.finished) return;
    }
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort(new PredictionUnavailableError('The server is stopping; the evaluation was given up.'));
  }

  private start(input: EvaluateInput, left: AbortSignal): Promise<EvaluateOutput> {
    const name = topic(input.checkpointId, input.datasetId, input.split);
    let last = { done: 0, total: 0 };
    return this.limiter
      .run(() =>
        this.pool.run(evaluateJob, input, {
          signal: AbortSignal.any([this.stopping.signal, left]),
          onProgress: (progress) => {
            last = progress;
            void this.events.publish(name, { ...progress, finished: false });
          },
        }),
      )
      .finally(() => void this.events.publish(name, { ...last, finished: true }));
  }
}

function copyOf({ model, rule, ranges }: Quantization): Exclude<EvaluateInput['as'], 'float32' | undefined> {
  const entries = Object.entries(ranges).map(([tensor, [low, high]]): [string, [number, number]] => [
    tensor,
    [low, high],
  ]);
  return { model, rule, ranges: Object.fromEntries(entries) };
}

function topic(checkpoint: string, dataset: string, split: string): string {
  return `${checkpoint}/${dataset}/${split}`;
}
