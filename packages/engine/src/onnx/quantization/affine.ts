import type { Range } from './quantization.js';

/** A real number x is the whole number `round(x / scale) + zero`, from 0 to 255. */
export interface Affine {
  readonly scale: number;
  readonly zero: number;
}

const LEVELS = 255;

/** The finest scale that covers a range and has 0 exactly: padding and ReLU need it. */
export function affineOf([minimum, maximum]: Range): Affine {
  const low = Math.min(0, minimum);
  const high = Math.max(0, maximum);
  const scale = Math.fround((high - low) / LEVELS) || 1;
  return { scale, zero: Math.max(0, Math.min(LEVELS, Math.round(-low / scale))) };
}
