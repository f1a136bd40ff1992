import { EngineError } from './errors.js';
import type { Engine, EngineOptions } from './engine.js';
import { ENGINE_NAMES } from './engine.js';
import { ReferenceEngine } from './eager/reference-engine.js';
import { OnnxEngine } from './onnxruntime/onnx-engine.js';

/**
 * Starts an engine.
 * @throws EngineError if the engine or an execution provider is unknown or not available here
 */
export function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return Promise.resolve().then(() => start(options));
}

function start(options: EngineOptions): Engine {
  const name = options.engine ?? 'auto';
  switch (name) {
    case 'auto':
    case 'onnxruntime':
      return new OnnxEngine(options);
    case 'reference':
      return new ReferenceEngine();
    case 'tensorflow':
      throw new EngineError(
        'The engine "tensorflow" is not available in this version: use "onnxruntime", or "reference" for tests.',
      );
    default:
      throw new EngineError(`There is no engine "${String(name)}": use auto, ${ENGINE_NAMES.join(', ')}.`);
  }
}
