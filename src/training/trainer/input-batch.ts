import type { NamedValues } from '@query2label/engine';
import type { BatchRequest, ImageBatch } from '../../dataset/batch/image-batch.js';
import type { ProgramSource } from '../../pipeline/assembled-pipeline.js';

/** What one step is fed, beside its truth. */
export interface InputBatch extends Omit<ImageBatch, 'images'> {
  /** `images` `[size, height, width, 3]`, or `features` `[size, height, width, channels]`. */
  readonly inputs: NamedValues;
  /** Share of the pictures whose features were read and not computed, 0 to 1; null where pictures are fed. */
  readonly featuresFromCache: number | null;
}

/** Where the inputs of training and evaluation come from. */
export interface InputLoader {
  readonly source: ProgramSource;
  /** The batches of a request, in its order; see `BatchLoader.batches`. */
  batches(request: BatchRequest): AsyncGenerator<InputBatch, void, undefined>;
  /** Resolves when what is still to be kept is kept. */
  dispose(): Promise<void>;
}
