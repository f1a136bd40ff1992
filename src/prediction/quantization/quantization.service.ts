import { Injectable } from '@nestjs/common';
import type { Quantization } from '@query2label/engine';
import { CheckpointPrecision, type CheckpointQuantization } from '../../checkpoint/checkpoint-quantization.js';
import type { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { ConflictError, InvalidInputError } from '../../common/errors/index.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { calibrateJob } from '../jobs/calibrate.job.js';
import { PredictionPool } from '../serving/prediction-pool.js';
import { QuantizationRefusedError } from './quantization-refused.error.js';
import type { QuantizeCheckpointInput } from './quantization.types.js';

const METRIC = 'voc-all-point';
const MOST_IMAGES = 10_000;

/** Lets checkpoints predict in 8 bits, if that costs little enough. */
@Injectable()
export class QuantizationService {
  constructor(
    private readonly checkpoints: CheckpointService,
    private readonly evaluations: EvaluationService,
    private readonly pool: PredictionPool,
  ) {}

  /**
   * Finds ranges by each rule, measures each, keeps the best.
   * @throws QuantizationRefusedError if it loses too much; NotFoundError, InvalidInputError, and all that an evaluation throws
   */
  async quantize(input: QuantizeCheckpointInput): Promise<Checkpoint> {
    const { dataset, calibrationSplit, split, mostLost } = input;
    if (!(input.images >= 1 && input.images <= MOST_IMAGES))
      throw InvalidInputError.field('images', `received ${input.images}; expected 1 to ${MOST_IMAGES}`);
    if (!(mostLost >= 0 && mostLost <= 1))
      throw InvalidInputError.field('mostLost', `received ${mostLost}; expected 0 to 1`);
    const { id } = await this.checkpoints.resolve(input.checkpoint);
    const { quantizations, images } = await this.pool.run(calibrateJob, {
      ...{ checkpointId: id, datasetId: dataset, split: calibrationSplit, images: input.images },
    });
    const measure = async (as: Quantization | 'float32'): Promise<number> => {
      const { measured } = await this.evaluations.evaluate({
        checkpoint: id,
        dataset,
        split,
        onUnreadable: 'fail',
        as,
      });
      return measured.metrics[0]?.value ?? 0;
    };
    const float32 = await measure('float32');
    const found: { engine: Quantization; int8: number }[] = [];
    for (const engine of quantizations) found.push({ engine, int8: await measure(engine) });
    const best = found.reduce((one, other) => (other.int8 > one.int8 ? other : one));
    const { engine, int8 } = best;
    if (float32 - int8 > mostLost) throw new QuantizationRefusedError({ metric: METRIC, float32, int8, mostLost });
    const quantization: CheckpointQuantization = {
      ...{ dataset, calibrationSplit, calibrationImages: images, split, metric: METRIC },
      ...{ rule: engine.rule, float32, int8, engine },
    };
    return this.checkpoints.setPrecision(id, CheckpointPrecision.INT8, quantization);
  }

  /** @throws NotFoundError; ConflictError if 8 bits are wanted and were never found */
  async setPrecision(idOrAlias: string, precision: CheckpointPrecision): Promise<Checkpoint> {
    const { id, quantization } = await this.checkpoints.resolve(idOrAlias);
    if (precision === CheckpointPrecision.INT8 && quantization === null) {
      throw new ConflictError(`Checkpoint ${id} was never quantized.`, {
        help: 'Call quantizeCheckpoint first: it says what 8 bits cost.',
      });
    }
    return this.checkpoints.setPrecision(id, precision);
  }
}
