import { join } from 'node:path';
import type { EngineOptions } from '@query2label/engine';
import type { Configuration } from './configuration.js';

/**
 * How the processes that compute start their engine.
 * @param log told what went wrong with the cache of compiled models
 */
export function engineOptionsOf({ engine, data }: Configuration, log: (message: string) => void): EngineOptions {
  const { name, threads, waiting, executionProviders, cacheFolder, cacheBytes } = engine;
  const folder = cacheFolder === '' ? join(data.folder, 'compiled') : cacheFolder;
  return {
    engine: name,
    waiting,
    executionProviders,
    cache: { folder, maximumBytes: cacheBytes, log },
    ...(threads > 0 && { threads }),
  };
}
