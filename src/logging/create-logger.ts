import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Configuration } from '../config/index.js';

/** The process's logger: lines of JSON in production, readable text otherwise; on standard output. */
export function createLogger({ environment, logging }: Pick<Configuration, 'environment' | 'logging'>): Logger {
  const options = { level: logging.level, redact: ['req.headers.authorization', 'req.headers.cookie'] };
  if (environment === 'production') return pino(options);
  return pino(
    options,
    pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', singleLine: true, sync: true }),
  );
}
