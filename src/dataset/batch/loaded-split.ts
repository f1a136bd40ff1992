import type { ImageSize, RgbImage } from '@query2label/sdk';

/** An image of a split that was found missing or unreadable when the dataset was imported. */
export interface KnownProblem {
  /** Row of the split. */
  readonly index: number;
  /** Path of the file as the annotations name it. */
  readonly name: string;
  readonly reason: string;
}

/** One split of a dataset: its truth in memory, its pictures on demand. */
export interface LoadedSplit {
  readonly datasetId: string;
  /** Name of the split: `train`, `validation`, `test`. */
  readonly split: string;
  /** Number of images: the rows of `targets`. */
  readonly count: number;
  /** Names of the labels by index. */
  readonly labels: readonly string[];
  /** Ids of the images by row. */
  readonly imageIds: readonly string[];
  /** Paths of the files by row, as the annotations name them. */
  readonly names: readonly string[];
  /** `[count, labels]`, row-major: 1 present, 0 absent, -1 unknown. */
  readonly targets: Int8Array;
  /** Rows that cannot be read, known from the import. A run that does not skip such files can fail at once with their names. */
  readonly problems: readonly KnownProblem[];
  /**
   * Reads one picture as 8-bit sRGB: EXIF orientation applied, alpha flattened on white, squashed to `size` with an antialiased
   * bilinear filter like Pillow's.
   * @throws UnreadableImageError naming the file if it is gone or does not decode
   */
  read(index: number, size: ImageSize): Promise<RgbImage>;
}
