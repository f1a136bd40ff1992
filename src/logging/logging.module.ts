import { Global, Module } from '@nestjs/common';
import { ConfigurationService } from '../config/index.js';
import { createLogger } from './create-logger.js';

/** Token of the process's pino `Logger`. */
export const LOGGER = Symbol('LOGGER');

/** Provides the logger everywhere: `@Inject(LOGGER) private readonly logger: Logger`. */
@Global()
@Module({
  providers: [
    {
      provide: LOGGER,
      inject: [ConfigurationService],
      useFactory: ({ values }: ConfigurationService) => createLogger(values),
    },
  ],
  exports: [LOGGER],
})
export class LoggingModule {}
