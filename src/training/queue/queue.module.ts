import { Module, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ConfigurationService } from '../../config/index.js';
import { EmbeddedQueue } from './embedded/embedded-queue.js';
import { QueueKeeper } from './queue-keeper.js';
import { RUN_QUEUE, type RunQueue } from './run-queue.js';

/** The strategies by their names in the configuration. */
const STRATEGIES: Readonly<Record<string, Type<RunQueue>>> = { embedded: EmbeddedQueue };

/** The queue in use, and who looks after it. The only place that knows which strategies there are. */
@Module({
  providers: [
    QueueKeeper,
    {
      provide: RUN_QUEUE,
      inject: [ConfigurationService, ModuleRef],
      useFactory: ({ values }: ConfigurationService, reference: ModuleRef): Promise<RunQueue> =>
        reference.create(STRATEGIES[values.training.queue]),
    },
  ],
  exports: [RUN_QUEUE],
})
export class QueueModule {}
