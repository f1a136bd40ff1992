import { createEngine, type Engine } from '@query2label/engine';
import type { Configuration } from '../../config/index.js';

/** The engine that the configuration names. */
export function engineOf({ engine }: Configuration): Promise<Engine> {
  const { name, threads, executionProviders } = engine;
  return createEngine({ engine: name, executionProviders, ...(threads > 0 && { threads }) });
}
