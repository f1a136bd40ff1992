import { setTimeout as delay } from 'node:timers/promises';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { ConfigurationService } from '../config/index.js';
import { CoreModule } from '../core.module.js';
import { newIdentifier } from '../common/identifiers.js';
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
 * Entry of a training worker process: claims queued runs and trains them, one after the other. SIGTERM, or the end of the server
 * that forked it, lets it hand its run back with a checkpoint and exit.
 */
export async function runTrainingWorker(): Promise<void> {
  const ending = new AbortController();
  const drain = (): void => ending.abort();
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
  process.on('disconnect', drain);
  const context = await NestFactory.createApplicationContext(WorkerRootModule.forRoot(), {
    abortOnError: false,
    logger: ['error', 'warn'],
  });
  const logger = context.get<Logger>(LOGGER);
  const queue = context.get<RunQueue>(RUN_QUEUE);
  const executor = context.get(RunExecutor);
  const engine = await engineOf(context.get(ConfigurationService).values);
  const workerId = process.env.Q2L_WORKER_ID ?? newIdentifier();
  logger.info({ worker: workerId, engine: engine.description.name }, 'training worker ready');
  while (!ending.signal.aborted) {
    const lease = await queue.claim(workerId).catch((error: unknown) => {
      logger.error({ err: error }, 'the queue cannot be read');
      return null;
    });
    if (lease === null) await delay(IDLE, undefined, { signal: ending.signal }).catch(() => undefined);
    else await executor.execute(lease, engine, () => ending.signal.aborted);
  }
  await engine.dispose();
  await context.close();
  if (process.connected) process.disconnect();
}
