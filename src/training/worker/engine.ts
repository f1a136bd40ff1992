import { Logger } from '@nestjs/common';
import { createEngine, type Engine } from '@query2label/engine';
import { type Configuration, engineOptionsOf } from '../../config/index.js';

/** The engine that the configuration names. */
export function engineOf(configuration: Configuration): Promise<Engine> {
  const logger = new Logger('Engine');
  return createEngine(engineOptionsOf(configuration, (message) => logger.warn(message)));
}
