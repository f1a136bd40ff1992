import type { ImageFormat } from './image-format.js';

/** The most that one image may cost. */
export interface ImageLimits {
  /** Size of the file. */
  readonly bytes: number;
  /** Width times height. */
  readonly pixels: number;
}

/** What is known of an accepted image. */
export interface ImageFacts {
  readonly format: ImageFormat;
  /** In pixels, after the EXIF orientation. */
  readonly width: number;
  /** In pixels, after the EXIF orientation. */
  readonly height: number;
}
