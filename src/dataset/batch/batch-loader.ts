import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hostRandom, keyOf, type RgbImage } from '@query2label/sdk';
import { UnreadableImageError } from '../../common/errors/index.js';
import type { BatchRequest, ImageBatch, SkippedImage } from './image-batch.js';
import { Limiter } from './limiter.js';

const DEFAULT_PREFETCH = 2;
const CHANNELS = 3;
const UNKNOWN = -1;
/** Decoding runs on libuv's threads; a few pictures in flight keep them busy without holding many large ones in memory. */
const PARALLEL_READS = Math.min(8, availableParallelism() + 1);

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
    checkBatchSize(batchSize);
    const limiter = new Limiter(PARALLEL_READS);
    const end = new AbortController();
    const stopped = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);
    const ahead: Promise<ImageBatch | undefined>[] = [];
    let next = 0;
    try {
      for (;;) {
        while (ahead.length <= prefetch && next < order.length) {
          const rows = order.subarray(next, next + batchSize);
          const batch = assemble(request, rows, limiter, stopped);
          // A failure is thrown when its turn comes; until then it is not an unhandled one.
          batch.catch(() => undefined);
          ahead.push(batch);
          next += batchSize;
        }
        const batch = await ahead.shift();
        if (batch === undefined) return;
        yield batch;
      }
    } finally {
      end.abort();
      await Promise.allSettled(ahead);
    }
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
    images.set(augment(request, image, row).data, slot * pixels);
    targets.set(split.targets.subarray(row * labelCount, (row + 1) * labelCount), slot * labelCount);
    indices[slot] = row;
  };
  await Promise.all(Array.from(rows, (row, slot) => limiter.run(() => load(row, slot))));
  if (stopped.aborted) return undefined;
  skipped.sort((one, other) => one.slot - other.slot);
  return { images, targets, size, filled: rows.length - skipped.length, indices, skipped };
}

async function readOrSkip(
  { split, imageSize, onUnreadable }: BatchRequest,
  index: number,
  slot: number,
  skipped: SkippedImage[],
): Promise<RgbImage | undefined> {
  try {
    return await split.read(index, imageSize);
  } catch (error) {
    if (onUnreadable === 'fail' || !(error instanceof UnreadableImageError)) throw error;
    skipped.push({ slot, index, imageId: split.imageIds[index], name: split.names[index], reason: error.message });
    return undefined;
  }
}

function augment({ augmentations = [], seed = 0, epoch = 0 }: BatchRequest, image: RgbImage, row: number): RgbImage {
  return augmentations.reduce((current, augmentation, position) => {
    const random = hostRandom(keyOf(seed, 'augmentation', epoch, row, position));
    const result = augmentation.apply(current, random);
    if (result.data.length !== image.data.length || result.width !== image.width) {
      throw new Error(
        `Augmentation ${position} (${augmentation.constructor.name}) returned ${result.width}x${result.height} pixels; ` +
          `expected the size of its argument, ${image.width}x${image.height}.`,
      );
    }
    return result;
  }, image);
}

function checkBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new RangeError(`batchSize: received ${batchSize}; expected a whole number of at least 1.`);
}
