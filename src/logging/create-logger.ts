import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Configuration } from '../config/index.js';
import { currentRequestId } from '../http/request-id.js';

/**
 * The process's logger: lines of JSON in production, readable text otherwise; on standard output. A line that a request caused carries
 * its id as `requestId`, each line of a training worker the worker's as `worker`, and what is about a run the run's as `run`.
 */
export function createLogger({ environment, logging }: Pick<Configuration, 'environment' | 'logging'>): Logger {
  const { Q2L_WORKER_ID: worker } = process.env;
  const options = {
    level: logging.level,
    redact: ['req.headers.authorization', 'req.headers.cookie'],
    ...(worker !== undefined && { base: { pid: process.pid, worker } }),
    mixin: () => {
      const requestId = currentRequestId();
      return requestId === undefined ? {} : { requestId };
    },
  };
  if (environment === 'production') return pino(options);
  return pino(
    options,
    pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', singleLine: true, sync: true }),
  );
}
