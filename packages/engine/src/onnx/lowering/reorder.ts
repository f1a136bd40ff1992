import type { Emitter, MemoryView } from './emitter.js';
import { sameLayout } from './layout.js';
import type { Layout } from './layout.js';
import type { Lowered } from './lowered.js';

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

/** The layout of a matrix in blocks of columns: `[rows, columns / block, block]` with the blocks before the rows. */
export const BLOCKS_FIRST: Layout = [1, 0, 2];

/** Exchanges the first two axes of whole blocks, back or forth; undefined where a value consists of other things. */
export function moveBlocks(emitter: Emitter, { name, dims, dtype }: Lowered, permutation: Layout): string | undefined {
  const { channelBlock: block } = emitter;
  const [first = 0, second = 0, last] = dims;
  if (block === undefined || last !== block || dtype !== 'float32' || !sameLayout(permutation, BLOCKS_FIRST)) {
    return undefined;
  }
  const moved = outOfBlocks(emitter, name, [1, first * block, second], block);
  return emitter.reshape(moved.name, [second, first, block]);
}
