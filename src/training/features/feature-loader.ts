import type { FeatureMapSize, RgbImage } from '@query2label/sdk';
import { augmentPicture } from '../../dataset/batch/augment-picture.js';
import { DEFAULT_PREFETCH, PARALLEL_READS } from '../../dataset/batch/batch-loader.js';
import type { BatchRequest, SkippedImage } from '../../dataset/batch/image-batch.js';
import { Limiter } from '../../dataset/batch/limiter.js';
import type { LoadedSplit } from '../../dataset/batch/loaded-split.js';
import { batchesOf, readAhead } from '../../dataset/batch/read-ahead.js';
import { readOrSkip } from '../../dataset/batch/read-or-skip.js';
import type { InputBatch, InputLoader } from '../trainer/input-batch.js';
import type { FeatureExtractor } from './feature-extractor.js';
import type { FeatureStore } from './feature-store.js';
import { keyOfPicture, PictureKeys } from './picture-keys.js';

export interface FeatureLoaderOptions {
  readonly store: FeatureStore;
  readonly extractor: FeatureExtractor;
  readonly featureMap: FeatureMapSize;
  /** Augmented views of each picture: epoch e sees view e modulo this, drawn as epoch number `view` would draw it. */
  readonly views: number;
  /** Told of each record that was found damaged and made again. */
  readonly onDamage: (picture: string) => void;
}

const UNKNOWN = -1;
/** Stands for the picture as it is. */
const UNAUGMENTED = -1;

/** Feeds features of pictures: from the cache where they are there, computed and kept where they are not. Both have the same bytes. */
export class FeatureLoader implements InputLoader {
  readonly source = 'features';
  private readonly keys = new WeakMap<LoadedSplit, PictureKeys>();

  constructor(private readonly options: FeatureLoaderOptions) {}

  async *batches(request: BatchRequest): AsyncGenerator<InputBatch, void, undefined> {
    const { order, batchSize, prefetch = DEFAULT_PREFETCH, signal } = request;
    const limiter = new Limiter(PARALLEL_READS);
    await this.options.store.markUse();
    yield* readAhead(
      batchesOf(order, batchSize),
      prefetch,
      (rows, stopped) => this.assemble(request, rows, limiter, stopped),
      signal,
    );
  }

  dispose(): Promise<void> {
    return this.options.extractor.dispose();
  }

  private async assemble(
    request: BatchRequest,
    rows: Uint32Array,
    limiter: Limiter,
    stopped: AbortSignal,
  ): Promise<InputBatch | undefined> {
    const { split, batchSize, padLastBatch = false } = request;
    const { height, width, channels } = this.options.featureMap;
    const size = padLastBatch ? batchSize : rows.length;
    const labelCount = split.labels.length;
    const values = height * width * channels;
    const data = new Float32Array(size * values);
    const targets = new Float32Array(size * labelCount).fill(UNKNOWN);
    const indices = new Int32Array(size).fill(UNKNOWN);
    const skipped: SkippedImage[] = [];
    let found = 0;
    const load = async (row: number, slot: number): Promise<void> => {
      if (stopped.aborted) return;
      const outcome = await this.load(request, row, slot, skipped, data.subarray(slot * values, (slot + 1) * values));
      if (outcome === 'skipped') return;
      if (outcome === 'read') found += 1;
      targets.set(split.targets.subarray(row * labelCount, (row + 1) * labelCount), slot * labelCount);
      indices[slot] = row;
    };
    await Promise.all(Array.from(rows, (row, slot) => limiter.run(() => load(row, slot))));
    if (stopped.aborted) return undefined;
    skipped.sort((one, other) => one.slot - other.slot);
    const filled = rows.length - skipped.length;
    const features = { dtype: 'float32', shape: [size, height, width, channels], data } as const;
    const featuresFromCache = filled === 0 ? 0 : found / filled;
    return { inputs: { features }, targets, size, filled, indices, skipped, featuresFromCache };
  }

  /** @param target receives the features of the picture; it stays zero if the picture is skipped */
  private async load(
    request: BatchRequest,
    row: number,
    slot: number,
    skipped: SkippedImage[],
    target: Float32Array,
  ): Promise<'read' | 'computed' | 'skipped'> {
    const { store, extractor, onDamage } = this.options;
    const view = this.viewOf(request);
    const keys = this.keysOf(request.split);
    let picture: RgbImage | undefined;
    const augmented = async (): Promise<RgbImage | undefined> => {
      const image = await readOrSkip(request, row, slot, skipped);
      return image === undefined ? undefined : augmentPicture({ ...request, epoch: view }, image, row);
    };
    let key = keys.get(view, row);
    if (key === undefined) {
      picture = await augmented();
      if (picture === undefined) return 'skipped';
      key = keyOfPicture(picture);
      keys.set(view, row, key);
    }
    const outcome = await store.read(key, target);
    if (outcome === 'read') return 'read';
    if (outcome === 'damaged') onDamage(request.split.names[row]);
    picture ??= await augmented();
    if (picture === undefined) {
      target.fill(0);
      return 'skipped';
    }
    const features = await extractor.features(picture);
    target.set(features);
    await store.write(key, features);
    return 'computed';
  }

  private viewOf({ augmentations = [], epoch = 0 }: BatchRequest): number {
    return augmentations.length === 0 ? UNAUGMENTED : epoch % this.options.views;
  }

  private keysOf(split: LoadedSplit): PictureKeys {
    const known = this.keys.get(split);
    if (known !== undefined) return known;
    const keys = new PictureKeys(split.count);
    this.keys.set(split, keys);
    return keys;
  }
}
