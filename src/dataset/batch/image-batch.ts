import type { BuiltAugmentation, ImageSize } from '@query2label/sdk';
import type { LoadedSplit } from './loaded-split.js';

/** What to load, in which order, and what to do to it. The batches are a pure function of this request. */
export interface BatchRequest {
  readonly split: LoadedSplit;
  /** Rows of the split in the order of loading; a resumed epoch passes what is left of it. */
  readonly order: Uint32Array;
  readonly batchSize: number;
  readonly imageSize: ImageSize;
  /** Applied in this order to the resized picture. Default: none. */
  readonly augmentations?: readonly BuiltAugmentation[];
  /** Seed of the run. Draws derive from `(seed, 'augmentation', epoch, row, position of the augmentation)`. Default 0. */
  readonly seed?: number;
  /** Default 0. */
  readonly epoch?: number;
  /** `fail`: the first unreadable file ends the iteration with its name. `skip`: its slot is left empty and it is listed. */
  readonly onUnreadable: 'fail' | 'skip';
  /** Fills the last batch up with empty slots, so that every batch has the same shape. Default false. */
  readonly padLastBatch?: boolean;
  /** Batches read ahead while the consumer computes; bounds the memory. Default 2. */
  readonly prefetch?: number;
  /** Ends the iteration and the reading ahead. */
  readonly signal?: AbortSignal;
}

/** A file that could not be read and was skipped because the request allows it. */
export interface SkippedImage {
  /** Slot in the batch. */
  readonly slot: number;
  /** Row of the split. */
  readonly index: number;
  readonly imageId: string;
  /** Path of the file as the annotations name it. */
  readonly name: string;
  readonly reason: string;
}

/**
 * Pictures and truth of one step. An empty slot (skipped file or padding) is black and has only unknown targets (-1),
 * so it adds neither loss nor gradient.
 */
export interface ImageBatch {
  /** `[size, height, width, 3]`, values 0..255. */
  readonly images: Float32Array;
  /** `[size, labels]`: 1 present, 0 absent, -1 unknown. */
  readonly targets: Float32Array;
  /** Slots, empty ones included. */
  readonly size: number;
  /** Slots that hold a picture. */
  readonly filled: number;
  /** Row of the split for each slot, -1 for an empty one. */
  readonly indices: Int32Array;
  readonly skipped: readonly SkippedImage[];
}
