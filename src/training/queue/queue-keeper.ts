import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { ConfigurationService } from '../../config/index.js';
import { LOGGER } from '../../logging/index.js';
import { checkTransitions, TRANSITIONS } from '../run-status.js';
import { RUN_QUEUE, type RunQueue } from './run-queue.js';

/** Looks after the queue for as long as the process lives: in the server and in each worker, so that none of them is needed for it. */
@Injectable()
export class QueueKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private ending = false;

  constructor(
    private readonly configuration: ConfigurationService,
    @Inject(RUN_QUEUE) private readonly queue: RunQueue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    checkTransitions(TRANSITIONS);
    this.tend();
  }

  async onApplicationShutdown(): Promise<void> {
    this.ending = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private tend(): void {
    const pause = Math.min(1000, Math.max(100, this.configuration.values.training.leaseMilliseconds / 10));
    this.round = this.queue
      .tend()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the queue cannot be looked after for now'))
      .then(() => {
        if (!this.ending) this.timer = setTimeout(() => this.tend(), pause).unref();
      });
  }
}
