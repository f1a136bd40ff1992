import type { Padding2D, Pair } from '../../graph/attributes.js';

/** Where one tap of a window reads: rows and columns of the padded image, every `strides`-th. */
export interface Tap {
  readonly padding: Padding2D;
  readonly offset: Pair;
  /** `[height, width]` of what it meets. */
  readonly size: Pair;
  readonly strides: Pair;
}
