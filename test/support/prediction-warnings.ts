import { ConsoleLogger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigurationService } from '../../src/config/index.js';
import { CoreModule } from '../../src/core.module.js';
import { Models } from '../../src/prediction/worker/models.js';
import { PredictionWorkerModule } from '../../src/prediction/worker/prediction-worker.module.js';
import type { StartedApp } from './start-app.js';

@Module({})
class PredictionWorkerRoot {}

class Warnings extends ConsoleLogger {
  readonly messages: string[] = [];

  override warn(message: string): void {
    this.messages.push(message);
  }
}

/** What a prediction process of an application writes to the log, as warnings, when it loads a checkpoint; here in this process. */
export async function warningsOfLoading(checkpoint: string, { application, folder }: StartedApp): Promise<string[]> {
  const { environment } = application.get(ConfigurationService);
  const logger = new Warnings('prediction', { logLevels: ['error', 'warn'] });
  const imports = [await CoreModule.forRoot({ folder, environment }), PredictionWorkerModule];
  const context = await NestFactory.createApplicationContext({ module: PredictionWorkerRoot, imports }, { logger });
  try {
    await context.get(Models).use(checkpoint, () => Promise.resolve());
    return logger.messages;
  } finally {
    await context.close();
  }
}
