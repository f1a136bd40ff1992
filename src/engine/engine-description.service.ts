import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { engineJob } from '../prediction/jobs/engine.job.js';
import { PredictionPool } from '../prediction/serving/prediction-pool.js';

export type EngineReport = z.output<typeof engineJob.output>;

/** Asks a process that computes what it computes with, once: no device is started in this process. */
@Injectable()
export class EngineDescriptionService {
  private report: Promise<EngineReport> | undefined;

  constructor(private readonly pool: PredictionPool) {}

  /** @throws ExpectedError if the configured engine is not available here; PredictionUnavailableError if the process does not start */
  describe(): Promise<EngineReport> {
    this.report ??= this.pool.run(engineJob, {}).catch((error: unknown) => {
      this.report = undefined;
      throw error;
    });
    return this.report;
  }
}
