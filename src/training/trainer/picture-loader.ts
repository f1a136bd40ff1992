import type { BatchLoader } from '../../dataset/batch/batch-loader.js';
import type { BatchRequest } from '../../dataset/batch/image-batch.js';
import type { InputBatch, InputLoader } from './input-batch.js';

/** Feeds pictures: the backbone is part of every step. */
export class PictureLoader implements InputLoader {
  readonly source = 'images';

  constructor(private readonly loader: BatchLoader) {}

  async *batches(request: BatchRequest): AsyncGenerator<InputBatch, void, undefined> {
    const { height, width } = request.imageSize;
    for await (const { images, ...batch } of this.loader.batches(request)) {
      const value = { dtype: 'float32', shape: [batch.size, height, width, 3], data: images } as const;
      yield { ...batch, inputs: { images: value }, featuresFromCache: null };
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}
