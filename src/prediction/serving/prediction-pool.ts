import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { ConfigurationService } from '../../config/index.js';
import { WorkerPool } from '../supervisor/worker-pool.js';

/** Tests run the sources; a forked process always runs what was built from them. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/worker.js' : '../../worker.js', import.meta.url);
const BACK_OFF = { firstMilliseconds: 100, maximumMilliseconds: 30_000 };
const FAILED_STARTS = 3;

/** The prediction processes of this server; started by the first job. */
@Injectable()
export class PredictionPool extends WorkerPool {
  constructor({ values, environment }: ConfigurationService) {
    super({
      command: { entry: fileURLToPath(ENTRY), arguments: ['prediction'], environment },
      workers: values.prediction.workers,
      backOff: BACK_OFF,
      silenceMilliseconds: values.prediction.timeoutSeconds * 1000,
      failedStarts: FAILED_STARTS,
    });
  }
}
