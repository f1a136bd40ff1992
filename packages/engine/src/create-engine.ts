import { EngineError } from './errors.js';
import type { Engine, EngineOptions } from './engine.js';
import { ENGINE_NAMES } from './engine.js';
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
      throw new EngineError(`There is no engine "${String(name)}": use auto, ${ENGINE_NAMES.join(', ')}.`);
  }
}
