/** Weights of 8 bits, one scale for each output channel: `weight = scale[channel] * value`. */
export interface ChannelWeights {
  /** In the order of the weights that they were made of. */
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** Which axis of the weights is the output channels. */
export type ChannelAxis = 'first' | 'last';

const LARGEST = 127;

/** Rounds weights to -127..127, the largest of each channel to 127. */
export function quantizeWeights(data: Float32Array, channels: number, axis: ChannelAxis): ChannelWeights {
  // Elements that follow one another and belong to the same channel.
  const run = axis === 'first' ? data.length / channels : 1;
  const scales = scalesOf(data, channels, run);
  const values = new Int8Array(data.length);
  for (let index = 0, channel = 0; index < data.length; channel = channel + 1 === channels ? 0 : channel + 1) {
    const scale = scales[channel];
    for (const end = index + run; index < end; index += 1) {
      // Math.round of what is greater than -128.5, at a fifth of its time.
      const rounded = ((data[index] / scale + 128.5) | 0) - 128;
      values[index] = Math.max(-LARGEST, Math.min(LARGEST, rounded));
    }
  }
  return { values, scales };
}

function scalesOf(data: Float32Array, channels: number, run: number): Float32Array {
  const scales = new Float32Array(channels);
  for (let index = 0, channel = 0; index < data.length; channel = channel + 1 === channels ? 0 : channel + 1) {
    let largest = scales[channel];
    for (const end = index + run; index < end; index += 1) largest = Math.max(largest, Math.abs(data[index]));
    scales[channel] = largest;
  }
  // A channel of zeros stays one whatever its scale.
  for (let channel = 0; channel < channels; channel += 1) scales[channel] = scales[channel] / LARGEST || 1;
  return scales;
}

/** Rows and columns of a part whose bytes fit the first cache, before and after. */
const TILE = 128;

/** A matrix `[rows, columns]` as `[columns, rows]`. */
export function transposed(values: Int8Array, rows: number, columns: number): Int8Array {
  const result = new Int8Array(values.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(rows, top + TILE);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(columns, left + TILE);
      for (let column = left; column < right; column += 1) {
        let from = top * columns + column;
        for (let to = column * rows + top; to < column * rows + bottom; to += 1, from += columns) {
          result[to] = values[from];
        }
      }
    }
  }
  return result;
}
