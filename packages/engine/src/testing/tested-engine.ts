import type { EngineName, EngineOptions } from '../engine.js';
import { ENGINE_NAMES } from '../engine.js';
import { EngineError } from '../errors.js';

/**
 * The engine that the suites of this package test, with one thread.
 *
 * - `Q2L_TEST_ENGINE`: `onnxruntime` (default), `tensorflow` or `reference`
 * - `Q2L_TEST_PROVIDERS`: execution providers of onnxruntime, separated by commas; default `cpu`
 */
export function testedEngine(environment: NodeJS.ProcessEnv = process.env) {
  return {
    engine: engineNamed(environment.Q2L_TEST_ENGINE ?? 'onnxruntime'),
    executionProviders: (environment.Q2L_TEST_PROVIDERS ?? 'cpu').split(',').map((name) => name.trim()),
    threads: 1,
  } satisfies EngineOptions;
}

function engineNamed(name: string): EngineName {
  const engine = ENGINE_NAMES.find((known) => known === name);
  if (engine !== undefined) return engine;
  throw new EngineError(`Q2L_TEST_ENGINE is "${name}": use one of ${ENGINE_NAMES.join(', ')}.`);
}
