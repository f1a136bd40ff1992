const TEMPERATURE = 10000;
const EPSILON = 1e-6;

/**
 * The two-dimensional sine position encoding of Query2Label's official code, row-major `[height * width, channels]`.
 *
 * The first half of the channels encodes the row, the second the column; within a half sine and cosine alternate.
 * Coordinates start at 1, are divided by `size + 1e-6` and multiplied by 2 pi.
 * @param channels a multiple of 4
 */
export function sinePositionEncoding(height: number, width: number, channels: number): Float32Array {
  if (channels % 4 !== 0 || channels < 4) {
    throw new RangeError(`The sine position encoding needs a multiple of 4 channels; received ${channels}.`);
  }
  const half = channels / 2;
  const table = new Float32Array(height * width * channels);
  const encode = (coordinate: number, size: number, offset: number): void => {
    const position = ((coordinate + 1) / (size + EPSILON)) * 2 * Math.PI;
    for (let pair = 0; pair < half / 2; pair++) {
      const angle = position / TEMPERATURE ** ((2 * pair) / half);
      table[offset + 2 * pair] = Math.sin(angle);
      table[offset + 2 * pair + 1] = Math.cos(angle);
    }
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = (y * width + x) * channels;
      encode(y, height, cell);
      encode(x, width, cell + half);
    }
  }
  return table;
}
