import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { augmentPicture } from './augment-picture.js';
import type { BatchRequest, ImageBatch, SkippedImage } from './image-batch.js';
import { Limiter } from './limiter.js';
import { batchesOf, readAhead } from './read-ahead.js';
import { readOrSkip } from './read-or-skip.js';

export const DEFAULT_PREFETCH = 2;
const CHANNELS = 3;
const UNKNOWN = -1;
/** Decoding runs on libuv's threads; a few pictures in flight keep them busy without holding many large ones in memory. */
export const PARALLEL_READS = Math.min(8, availableParallelism() + 1);

/** Reads, augments and stacks pictures into batches, ahead of the consumer. */
@Injectable()
export class BatchLoader {
  /**
   * The batches of `request.order`, in that order. They depend on the request alone, not on timing or concurrency.
   * At most `prefetch + 1` batches exist beside the one that the consumer holds.
   * @throws UnreadableImageError naming the file, if one cannot be read and the request does not skip such files
   */
  async *batches(request: BatchRequest): AsyncGenerator<ImageBatch, void, undefined> {
    const { order, batchSize, prefetch = DEFAULT_PREFETCH, signal } = request;
    const limiter = new Limiter(PARALLEL_READS);
    const load = (rows: Uint32Array, stopped: AbortSignal) => assemble(request, rows, limiter, stopped);
    yield* readAhead(batchesOf(order, batchSize), prefetch, load, signal);
  }
}

/** Undefined if the iteration was stopped meanwhile. */
async function assemble(
  request: BatchRequest,
  rows: Uint32Array,
  limiter: Limiter,
  stopped: AbortSignal,
): Promise<ImageBatch | undefined> {
  const { split, imageSize, batchSize, padLastBatch = false } = request;
  const size = padLastBatch ? batchSize : rows.length;
  const labelCount = split.labels.length;
  const pixels = imageSize.height * imageSize.width * CHANNELS;
  const images = new Float32Array(size * pixels);
  const targets = new Float32Array(size * labelCount).fill(UNKNOWN);
  const indices = new Int32Array(size).fill(UNKNOWN);
  const skipped: SkippedImage[] = [];
  const load = async (row: number, slot: number): Promise<void> => {
    if (stopped.aborted) return;
    const image = await readOrSkip(request, row, slot, skipped);
    if (image === undefined) return;
    images.set(augmentPicture(request, image, row).data, slot * pixels);
    targets.set(split.targets.subarray(row * labelCount, (row + 1) * labelCount), slot * labelCount);
    indices[slot] = row;
  };
  await Promise.all(Array.from(rows, (row, slot) => limiter.run(() => load(row, slot))));
  if (stopped.aborted) return undefined;
  skipped.sort((one, other) => one.slot - other.slot);
  return { images, targets, size, filled: rows.length - skipped.length, indices, skipped };
}
