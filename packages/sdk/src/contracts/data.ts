/** An 8-bit RGB picture, row-major `[height, width, 3]`. */
export interface RgbImage {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** Host random numbers that are a pure function of their key; no global stream. */
export interface HostRandom {
  /** Uniform in `[0, 1)`. */
  uniform(): number;
  /** Whole number in `[0, bound)`. */
  integer(bound: number): number;
}

export interface AugmentationContext {
  readonly imageSize: { readonly height: number; readonly width: number };
}

export interface BuiltAugmentation {
  /** Returns a picture of the same size: a new one, or its argument where nothing changes. Never changes its argument. */
  apply(image: RgbImage, random: HostRandom): RgbImage;
}

export interface AugmentationProvider<Options> {
  build(options: Options, context: AugmentationContext): BuiltAugmentation;
}

/** The folder being imported; every path is relative to it and cannot leave it. */
export interface ImportSource {
  /** @throws if the file does not exist or lies outside the folder */
  openText(path: string): AsyncIterable<Uint8Array>;
  exists(path: string): Promise<boolean>;
  /** Entries of a folder in code-unit order. */
  list(path: string): Promise<readonly { readonly name: string; readonly kind: 'file' | 'folder' }[]>;
}

/** What an importer yields. Labels come before the first image that uses them. */
export type ImportRecord =
  | { readonly kind: 'label'; readonly name: string; readonly externalId?: string }
  | {
      readonly kind: 'image';
      /** Relative to the source folder. */
      readonly path: string;
      /** For example `train`, `validation`, `test`. */
      readonly split: string;
      /** Names of the labels that are present. All others are absent, but for `unknownLabels`. */
      readonly labels: readonly string[];
      readonly unknownLabels?: readonly string[];
      readonly externalId?: string;
    }
  | { readonly kind: 'warning'; readonly message: string };

export interface ImporterProvider<Options> {
  /** Streams records: memory must not grow with the size of the annotation file beyond one entry per image. */
  read(options: Options, source: ImportSource): AsyncIterable<ImportRecord>;
}
