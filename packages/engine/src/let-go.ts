import { MessageChannel } from 'node:worker_threads';
import type { TensorData } from './engine.js';

/**
 * Gives the memory of arrays back that nobody uses any more, without waiting for the collector: a training step blocks its thread, and
 * the gradients of one would still be there when those of the next come. The arrays are empty afterwards.
 */
export function letGo(arrays: readonly TensorData[]): void {
  const buffers = new Set(arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : [])));
  if (buffers.size === 0) return;
  const { port1: from, port2: to } = new MessageChannel();
  // A message that nobody will read owns them, and goes with the port that it waits at.
  from.postMessage(null, [...buffers]);
  to.close();
}
