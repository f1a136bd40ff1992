import { describe, expect, it } from '@jest/globals';
import type { BuiltAugmentation, ImageSize, RgbImage } from '@query2label/sdk';
import { UnreadableImageError } from '../../common/errors/index.js';
import { BatchLoader } from './batch-loader.js';
import type { BatchRequest, ImageBatch } from './image-batch.js';
import type { LoadedSplit } from './loaded-split.js';

const imageSize = { height: 2, width: 3 };

/** Pictures filled with 10 + row; label 0 on even rows, label 1 unknown on all. Reading takes the longer the earlier the row. */
function splitOf(count: number, broken: readonly number[] = [], reads: number[] = []): LoadedSplit {
  return {
    datasetId: 'dataset',
    split: 'train',
    count,
    labels: ['even', 'odd'],
    imageIds: Array.from({ length: count }, (_, row) => `image-${row}`),
    names: Array.from({ length: count }, (_, row) => `photos/${row}.jpg`),
    targets: Int8Array.from({ length: count * 2 }, (_, cell) => (cell % 2 === 1 ? -1 : (cell / 2 + 1) % 2)),
    problems: [],
    read: async (row: number, { height, width }: ImageSize): Promise<RgbImage> => {
      reads.push(row);
      await new Promise((resolve) => setTimeout(resolve, (count - row) * 2));
      if (broken.includes(row)) throw new UnreadableImageError(`photos/${row}.jpg: the picture is cut`);
      return { height, width, data: new Uint8Array(height * width * 3).fill(10 + row) };
    },
  };
}

const addDraw: BuiltAugmentation = {
  apply: (image, random) => ({ ...image, data: image.data.map((value) => value + random.integer(100)) }),
};

function request(split: LoadedSplit, changes: Partial<BatchRequest> = {}): BatchRequest {
  const order = Uint32Array.from({ length: split.count }, (_, row) => row);
  return { split, order, batchSize: 4, imageSize, onUnreadable: 'fail', ...changes };
}

async function collect(wanted: BatchRequest): Promise<ImageBatch[]> {
  const batches: ImageBatch[] = [];
  for await (const batch of new BatchLoader().batches(wanted)) batches.push(batch);
  return batches;
}

describe('BatchLoader', () => {
  it('stacks pictures and targets in the order asked for, whatever finishes first', async () => {
    const order = Uint32Array.of(5, 0, 3, 1, 4, 2);
    const [first, second, ...more] = await collect(request(splitOf(6), { order }));
    expect(more).toEqual([]);
    expect([...first.indices, ...second.indices]).toEqual([...order]);
    expect([first.size, second.size, first.filled, second.filled]).toEqual([4, 2, 4, 2]);
    expect(Array.from({ length: 4 }, (_, slot) => first.images[slot * 18 + 17])).toEqual([15, 10, 13, 11]);
    expect([...first.targets]).toEqual([0, -1, 1, -1, 0, -1, 0, -1]);
  });

  it('pads the last batch with slots that teach nothing', async () => {
    const [, last] = await collect(request(splitOf(5), { padLastBatch: true }));
    expect([last.size, last.filled]).toEqual([4, 1]);
    expect([...last.indices]).toEqual([4, -1, -1, -1]);
    expect([...last.targets]).toEqual([1, -1, -1, -1, -1, -1, -1, -1]);
    expect(last.images.subarray(18).every((value) => value === 0)).toBe(true);
  });

  it('draws augmentations by seed, epoch and row, not by the order of loading', async () => {
    const plan = { augmentations: [addDraw], seed: 7, epoch: 2, batchSize: 1 };
    const forward = await collect(request(splitOf(6), plan));
    const backward = await collect(request(splitOf(6), { ...plan, order: Uint32Array.of(5, 4, 3, 2, 1, 0) }));
    const nextEpoch = await collect(request(splitOf(6), { ...plan, epoch: 3 }));
    const imagesOf = (batches: ImageBatch[]): number[][] => batches.map(({ images }) => [...images]);
    expect(imagesOf(backward).reverse()).toEqual(imagesOf(forward));
    expect(imagesOf(nextEpoch)).not.toEqual(imagesOf(forward));
    expect(new Set(imagesOf(forward).map((image) => image.join())).size).toBe(6);
  });

  it('fails with the name of the file when its turn comes', async () => {
    const seen: number[] = [];
    const work = (async () => {
      for await (const batch of new BatchLoader().batches(request(splitOf(8, [6])))) seen.push(...batch.indices);
    })();
    await expect(work).rejects.toThrow('photos/6.jpg: the picture is cut');
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('skips by name if allowed and leaves the other slots as they are', async () => {
    const [first, second] = await collect(request(splitOf(8, [1, 2]), { onUnreadable: 'skip' }));
    expect(first.skipped).toEqual([
      { slot: 1, index: 1, imageId: 'image-1', name: 'photos/1.jpg', reason: 'photos/1.jpg: the picture is cut' },
      { slot: 2, index: 2, imageId: 'image-2', name: 'photos/2.jpg', reason: 'photos/2.jpg: the picture is cut' },
    ]);
    expect(first.filled).toBe(2);
    expect([...first.indices]).toEqual([0, -1, -1, 3]);
    expect([...first.targets]).toEqual([1, -1, -1, -1, -1, -1, 0, -1]);
    expect(second.skipped).toEqual([]);
  });

  it('never hides a fault that is not an unreadable file', async () => {
    const split: LoadedSplit = { ...splitOf(2), read: () => Promise.reject(new TypeError('a bug')) };
    await expect(collect(request(split, { onUnreadable: 'skip' }))).rejects.toThrow(TypeError);
  });

  it('reads ahead by no more than asked and stops with the consumer', async () => {
    const reads: number[] = [];
    for await (const batch of new BatchLoader().batches(
      request(splitOf(40, [], reads), { batchSize: 2, prefetch: 1 }),
    )) {
      expect(batch.indices[0]).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      break;
    }
    expect(Math.max(...reads)).toBeLessThan(6);
  });

  it('ends when the signal says so', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    for await (const batch of new BatchLoader().batches(request(splitOf(40), { signal: controller.signal }))) {
      seen.push(batch.indices[0]);
      controller.abort();
    }
    expect(seen.length).toBeLessThan(3);
  });

  it('refuses an augmentation that changes the size', async () => {
    const shrink: BuiltAugmentation = { apply: () => ({ height: 1, width: 1, data: new Uint8Array(3) }) };
    await expect(collect(request(splitOf(1), { augmentations: [shrink] }))).rejects.toThrow(/returned 1x1 pixels.*3x2/);
  });
});
