import { EngineError } from './errors.js';
import type { Engine, EngineOptions } from './engine.js';
import { ENGINE_NAMES } from './engine.js';
import { closestName } from './signature/closest-name.js';
import { startReferenceEngine } from './eager/reference-engine.js';
import { OnnxEngine } from './onnxruntime/onnx-engine.js';
import { startTensorFlowEngine } from './tensorflow/tensorflow-engine.js';

/**
 * Starts an engine.
 * @throws EngineError if the engine or an execution provider is unknown or not available here
 */
export function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return Promise.resolve().then(() => start(options));
}

function start(options: EngineOptions): Engine | Promise<Engine> {
  const name = options.engine ?? 'auto';
  switch (name) {
    case 'auto':
    case 'onnxruntime':
      return OnnxEngine.start(options);
    case 'reference':
      return startReferenceEngine();
    case 'tensorflow':
      return startTensorFlowEngine(options);
    default:
      throw unknownEngine(String(name));
  }
}

function unknownEngine(name: string): EngineError {
  const known = ['auto', ...ENGINE_NAMES];
  const near = closestName(name, known);
  const suggestion = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new EngineError(`There is no engine "${name}": use ${known.join(', ')}.${suggestion}`);
}
