import type { Emitter, MemoryView } from './emitter.js';

/** The domain of ONNX Runtime's internal operators on blocks of channels. */
export const BLOCKED = 'com.microsoft.nchwc';

/**
 * Pictures in blocks, `[batch, channels / block, places, block]`, in the usual order: `[batch, places, channels]`.
 *
 * To move whole blocks is to transpose a matrix of blocks, back as well as forth; so this is the operator that brings pictures into blocks, on
 * rows of `places` blocks. It works with all threads, as ONNX Runtime's own `ReorderOutput` does not for this order.
 */
export function outOfBlocks(
  emitter: Emitter,
  blocks: string,
  [batch, channels, places]: readonly [number, number, number],
  block: number,
): MemoryView {
  const groups = channels / block;
  const rows = emitter.reshape(blocks, [batch, groups, 1, places * block]);
  const name = emitter.emit('ReorderInput', [rows], { domain: BLOCKED, attributes: { channels_last: 1 } });
  return { name, dims: [batch, places * block, groups, 1] };
}
