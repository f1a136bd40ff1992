import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../../common/errors/index.js';
import type { PipelineProfile } from '../../pipeline/profile-pipeline.js';
import { measureStepJob, profileJob } from '../jobs/profile.job.js';
import { PredictionPool } from '../serving/prediction-pool.js';

/** What is measured for estimates: a step of some tenths of a second to a few seconds on a few cores. */
export const MEASURED = { preset: 'q2l-r18-224', batchSize: 4, steps: 3 } as const;
const LARGEST_BATCH = 4096;

export interface StepEstimate {
  /** Of a training step with the batch. */
  readonly secondsPerStep: number;
  /** Of the prediction of one image. */
  readonly secondsPerImage: number;
  readonly measuredSeconds: number;
  readonly operationsPerSecond: number;
}

/** Sizes, costs and times of presets, worked out in a prediction process and remembered while the server runs. */
@Injectable()
export class PresetCostsService {
  private readonly profiles = new Map<string, Promise<PipelineProfile>>();
  private measurement: Promise<{ seconds: number; operations: number }> | undefined;

  constructor(private readonly pool: PredictionPool) {}

  /** @throws NotFoundError if a component of the preset is not installed; InvalidInputError for the batch size */
  profile(preset: string, batchSize: number): Promise<PipelineProfile> {
    if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > LARGEST_BATCH) {
      const message = `received ${batchSize}; expected a whole number from 1 to ${LARGEST_BATCH}`;
      throw InvalidInputError.field('batchSize', message);
    }
    const key = `${preset} ${batchSize}`;
    const known = this.profiles.get(key);
    if (known !== undefined) return known;
    const profile = this.pool.run(profileJob, { preset, batchSize });
    this.profiles.set(key, profile);
    profile.catch(() => this.profiles.delete(key));
    return profile;
  }

  /** Operations of the preset divided by the operations per second of a measured step: as good as its kernels are like those measured. */
  async estimate(preset: string, batchSize: number): Promise<StepEstimate> {
    const { trainingOperations, predictionOperations } = await this.profile(preset, batchSize);
    const { seconds, operations } = await this.measured();
    const operationsPerSecond = operations / seconds;
    return {
      secondsPerStep: (trainingOperations * batchSize) / operationsPerSecond,
      secondsPerImage: predictionOperations / operationsPerSecond,
      measuredSeconds: seconds,
      operationsPerSecond,
    };
  }

  private measured(): Promise<{ seconds: number; operations: number }> {
    this.measurement ??= this.pool.run(measureStepJob, MEASURED).catch((error: unknown) => {
      this.measurement = undefined;
      throw error;
    });
    return this.measurement;
  }
}
