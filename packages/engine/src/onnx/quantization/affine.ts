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

/** Weights of 8 bits, one scale for each output channel: `weight = scale[channel] * value`. */
export interface ChannelWeights {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

const LARGEST = 127;

/**
 * Rounds weights to -127..127, the largest of each channel to 127.
 * @param channelOf the output channel of an element
 */
export function quantizeWeights(
  data: Float32Array,
  channels: number,
  channelOf: (index: number) => number,
): ChannelWeights {
  const scales = new Float32Array(channels);
  data.forEach((value, index) => {
    const channel = channelOf(index);
    scales[channel] = Math.max(scales[channel], Math.abs(value));
  });
  // A channel of zeros stays one whatever its scale.
  for (let channel = 0; channel < channels; channel += 1) scales[channel] = scales[channel] / LARGEST || 1;
  const values = Int8Array.from(data, (value, index) => {
    const rounded = Math.round(value / scales[channelOf(index)]);
    return Math.max(-LARGEST, Math.min(LARGEST, rounded));
  });
  return { values, scales };
}
