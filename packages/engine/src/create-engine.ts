import { ENGINE_NAMES } from './engine.js';
import type { Engine, EngineOptions } from './engine.js';
import { ReferenceEngine } from './eager/reference-engine.js';
import { EngineError } from './errors.js';

/**
 * Starts an engine.
 * @throws EngineError if the engine or an execution provider is unknown or not available here
 */
export function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const name = options.engine ?? 'auto';
  switch (name) {
    case 'reference':
      return Promise.resolve(new ReferenceEngine());
    case 'auto':
    case 'onnxruntime':
    case 'tensorflow':
      return Promise.reject(
        new EngineError(`The engine "${name}" is not available here: of ${ENGINE_NAMES.join(', ')}, use "reference".`),
      );
  }
}
