import { Injectable } from '@nestjs/common';
import type { Quantization } from '@query2label/engine';
import { PubSub } from 'graphql-subscriptions';
import { CheckpointPrecision, type CheckpointQuantization } from '../../checkpoint/checkpoint-quantization.js';
import type { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { ConflictError, InvalidInputError } from '../../common/errors/index.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { calibrateJob } from '../jobs/calibrate.job.js';
import { PredictionPool } from '../serving/prediction-pool.js';
import { type QuantizationProgress, QuantizationStage } from './quantization-progress.js';
import { QuantizationRefusedError } from './quantization-refused.error.js';
import type { QuantizeCheckpointInput } from './quantization.types.js';

const METRIC = 'voc-all-point';
const MOST_IMAGES = 10_000;

type Report = (stage: QuantizationStage, counts: { readonly done: number; readonly total: number }) => void;

/** Lets checkpoints predict in 8 bits, if that costs little enough. */
@Injectable()
export class QuantizationService {
  private readonly events = new PubSub<Record<string, QuantizationProgress>>();

  constructor(
    private readonly checkpoints: CheckpointService,
    private readonly evaluations: EvaluationService,
    private readonly pool: PredictionPool,
  ) {}

  /**
   * Finds ranges by each rule, measures each, keeps the best.
   * @param signal aborted when whoever asks leaves: it is given up then
   * @throws QuantizationRefusedError if it loses too much; ConflictError if it cannot be computed in 8 bits; NotFoundError,
   *   InvalidInputError, and all that an evaluation throws
   */
  async quantize(input: QuantizeCheckpointInput, signal?: AbortSignal): Promise<Checkpoint> {
    check(input);
    const { id } = await this.checkpoints.resolve(input.checkpoint);
    let last: Omit<QuantizationProgress, 'finished'> = { stage: QuantizationStage.CALIBRATE, done: 0, total: 0 };
    const report: Report = (stage, { done, total }) => {
      last = { stage, done, total };
      void this.events.publish(id, { ...last, finished: false });
    };
    try {
      const quantization = await this.find(id, input, report, signal);
      return await this.checkpoints.setPrecision(id, CheckpointPrecision.INT8, quantization);
    } finally {
      void this.events.publish(id, { ...last, finished: true });
    }
  }

  /** Progress of the quantization of a checkpoint, also of one that begins later, until it has ended. */
  async *follow(idOrAlias: string): AsyncGenerator<QuantizationProgress> {
    const { id } = await this.checkpoints.resolve(idOrAlias);
    const events: AsyncIterable<QuantizationProgress> = {
      [Symbol.asyncIterator]: () => this.events.asyncIterableIterator<QuantizationProgress>(id),
    };
    for await (const progress of events) {
      yield progress;
      if (progress.finished) return;
    }
  }

  /** @throws NotFoundError; ConflictError if 8 bits are wanted and were never found */
  async setPrecision(idOrAlias: string, precision: CheckpointPrecision): Promise<Checkpoint> {
    const { id, quantization } = await this.checkpoints.resolve(idOrAlias);
    if (precision === CheckpointPrecision.INT8 && quantization === null) {
      throw new ConflictError(`Checkpoint ${id} was never quantized.`, {
        help: 'Quantize it first (quantizeCheckpoint, q2l checkpoints quantize): that says what 8 bits cost.',
      });
    }
    return this.checkpoints.setPrecision(id, precision);
  }

  private async find(
    id: string,
    { dataset, calibrationSplit, split, images: wanted, mostLost }: QuantizeCheckpointInput,
    report: Report,
    signal?: AbortSignal,
  ): Promise<CheckpointQuantization> {
    const { quantizations, images } = await this.pool.run(
      calibrateJob,
      { checkpointId: id, datasetId: dataset, split: calibrationSplit, images: wanted },
      { signal, onProgress: (counts) => report(QuantizationStage.CALIBRATE, counts) },
    );
    const measure = async (as: Quantization | 'float32'): Promise<number> => {
      const stage = as === 'float32' ? QuantizationStage.MEASURE_FLOAT32 : QuantizationStage.MEASURE_INT8;
      const request = { checkpoint: id, dataset, split, onUnreadable: 'fail', as } as const;
      const { measured } = await this.evaluations.evaluate(request, signal, (counts) => report(stage, counts));
      return measured.metrics[0]?.value ?? 0;
    };
    const float32 = await measure('float32');
    const found: { engine: Quantization; int8: number }[] = [];
    for (const engine of quantizations) found.push({ engine, int8: await measure(engine) });
    const { engine, int8 } = found.reduce((one, other) => (other.int8 > one.int8 ? other : one));
    if (float32 - int8 > mostLost) throw new QuantizationRefusedError({ metric: METRIC, float32, int8, mostLost });
    return {
      ...{ dataset, calibrationSplit, calibrationImages: images, split, metric: METRIC },
      ...{ rule: engine.rule, float32, int8, engine },
    };
  }
}

function check({ images, mostLost }: QuantizeCheckpointInput): void {
  if (!(images >= 1 && images <= MOST_IMAGES))
    throw InvalidInputError.field('images', `received ${images}; expected 1 to ${MOST_IMAGES}`);
  if (!(mostLost >= 0 && mostLost <= 1))
    throw InvalidInputError.field('mostLost', `received ${mostLost}; expected 0 to 1`);
}
