import * as tf from '@tensorflow/tfjs';
import { EngineError } from './errors.js';

// TensorFlow.js advises to install tfjs-node each time its CPU backend is first used; production mode keeps it quiet.
tf.env().set('PROD', true);

/**
 * Runs a synchronous function with a TensorFlow.js backend active, inside `tf.tidy`, and restores the former backend.
 * The backend must be one that starts synchronously.
 */
export function withBackend<T>(backend: string, work: () => T): T {
  const former = tf.getBackend() || 'cpu';
  activate(backend);
  try {
    tf.engine().startScope(`backend ${backend}`);
    try {
      return work();
    } finally {
      tf.engine().endScope();
    }
  } finally {
    activate(former);
  }
}

function activate(backend: string): void {
  if (tf.getBackend() === backend) return;
  // Resolves at once for a backend whose factory is synchronous; the check below proves it.
  void tf.setBackend(backend);
  if (tf.getBackend() !== backend || tf.engine().backend === null) {
    throw new EngineError(`The TensorFlow.js backend "${backend}" could not be started.`);
  }
}
