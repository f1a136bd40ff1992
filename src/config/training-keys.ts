import { z } from 'zod';
import { key, MEGABYTE, wholeNumber } from './key.js';

/** Training processes and what runs leave behind. */
export const trainingKeys = z.strictObject({
  workers: key(
    'Q2L_TRAINING_WORKERS',
    'number',
    wholeNumber(0, 64).default(1).describe('Training processes of the server; 0 where others train'),
  ),
  queue: key(
    'Q2L_TRAINING_QUEUE',
    'text',
    z.enum(['embedded']).default('embedded').describe('What hands runs to workers; embedded uses the database'),
  ),
  concurrency: key(
    'Q2L_TRAINING_CONCURRENCY',
    'number',
    wholeNumber(1, 64).default(1).describe('Runs that each training process trains at a time'),
  ),
  labels: key(
    'Q2L_TRAINING_LABELS',
    'list',
    z
      .array(z.string().regex(/^[a-z0-9][a-z0-9._-]*$/))
      .default(['cpu'])
      .describe('What the training processes offer: a run goes only to one that has all its workerLabels'),
  ),
  featureCacheBytes: key(
    'Q2L_FEATURE_CACHE_BYTES',
    'number',
    wholeNumber(0, 1024 * 1024 * MEGABYTE)
      .default(20 * 1024 * MEGABYTE)
      .describe('Disk space for features of frozen backbones; what was not used longest is thrown out'),
  ),
  restartPauseMilliseconds: key(
    'Q2L_TRAINING_RESTART_PAUSE',
    'number',
    wholeNumber(100, 3_600_000)
      .default(30_000)
      .describe('Longest pause before a training process that died is started anew, in milliseconds'),
  ),
  leaseMilliseconds: key(
    'Q2L_TRAINING_LEASE',
    'number',
    wholeNumber(500, 3_600_000)
      .default(60_000)
      .describe('A worker that is silent for longer has lost its run, in milliseconds'),
  ),
  graceMilliseconds: key(
    'Q2L_TRAINING_GRACE',
    'number',
    wholeNumber(0, 3_600_000)
      .default(20_000)
      .describe('How long training processes have to hand back their runs when the server ends, in milliseconds'),
  ),
  niceness: key(
    'Q2L_TRAINING_NICENESS',
    'number',
    wholeNumber(0, 19)
      .default(10)
      .describe(
        'How far training processes stand back where the server and predictions want the same core; 0: not at all',
      ),
  ),
  progressDays: key(
    'Q2L_PROGRESS_DAYS',
    'number',
    wholeNumber(0, 100_000)
      .default(30)
      .describe('Days after the end of a run for which its progress, second by second, is kept; 0 keeps it for good'),
  ),
});
