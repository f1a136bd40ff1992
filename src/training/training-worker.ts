import { setTimeout as delay } from 'node:timers/promises';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { ConfigurationService } from '../config/index.js';
import { CoreModule } from '../core.module.js';
import { newIdentifier } from '../common/identifiers.js';
import { whenParentIsGone } from '../common/processes/parent.js';
import { LOGGER } from '../logging/index.js';
import { RUN_QUEUE, type RunQueue } from './queue/run-queue.js';
import { engineOf } from './worker/engine.js';
import { RunExecutor } from './worker/run-executor.js';
import { TrainingWorkerModule } from './worker/training-worker.module.js';

/** Between two looks into an empty queue, in milliseconds. */
const IDLE = 500;

@Module({})
class WorkerRootModule {
  static forRoot(): DynamicModule {
    return { module: WorkerRootModule, imports: [CoreModule.forRoot(), TrainingWorkerModule] };
  }
}

/**
 * Entry of a training worker process: claims queued runs and trains them, as many at a time as it is configured for. SIGTERM, or the end of the server
 * that forked it, lets it hand its run back with a checkpoint and exit.
 */
export async function runTrainingWorker(): Promise<void> {
  // The logger, too, takes it from there.
  const workerId = (process.env.Q2L_WORKER_ID ??= newIdentifier());
  const ending = new AbortController();
  const drain = (): void => ending.abort();
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
  whenParentIsGone(drain);
  const context = await NestFactory.createApplicationContext(WorkerRootModule.forRoot(), {
    abortOnError: false,
    logger: ['error', 'warn'],
  });
  const logger = context.get<Logger>(LOGGER);
  const queue = context.get<RunQueue>(RUN_QUEUE);
  const executor = context.get(RunExecutor);
  const { values } = context.get(ConfigurationService);
  const { leaseMilliseconds, labels, concurrency } = values.training;
  const engine = await engineOf(values);
  logger.info({ engine: engine.description.name }, 'training worker ready');
  const worker = { id: workerId, labels, concurrency };
  const announce = (): Promise<void> =>
    queue
      .announce(worker)
      .catch((error: unknown) => logger.warn({ err: error }, 'the queue does not hear this worker'));
  await announce();
  const announcing = setInterval(() => void announce(), leaseMilliseconds / 3);
  const slot = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const lease = await queue.claim(worker).catch((error: unknown) => {
        logger.error({ err: error }, 'the queue cannot be read');
        return null;
      });
      if (lease === null) await delay(IDLE, undefined, { signal: ending.signal }).catch(() => undefined);
      else await executor.execute(lease, engine, () => ending.signal.aborted);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, slot));
  clearInterval(announcing);
  await queue
    .abandon(workerId, 'its worker ended')
    .catch(() => logger.warn('the queue does not hear that this worker ends'));
  await engine.dispose();
  await context.close();
  if (process.connected) process.disconnect();
}
