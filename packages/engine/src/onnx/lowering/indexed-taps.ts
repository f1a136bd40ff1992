import { sizeOf } from '../../tensor-value.js';
import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';
import type { Tap } from './tap.js';

/** Channels from which on a table of places is small beside what it fetches. */
const ENOUGH_CHANNELS = 32;

/** Row behind the picture's last, which holds zeros. */
const OUTSIDE = -1;

/**
 * Whether taps are best fetched by a table of places. ONNX Runtime's `Gather` copies whole pixels, with all threads; a slice for each tap,
 * made by one thread, and their `Concat` took four times as long.
 */
export function isForIndices(emitter: Emitter, taps: number, channels: number): boolean {
  return emitter.tapsByIndex && taps > 1 && channels >= ENOUGH_CHANNELS;
}

/** Taps of one size side by side: `[batch * height * width, taps, channels]`. @param x NHWC */
export function gatherTaps(emitter: Emitter, x: Lowered, taps: readonly Tap[]): string {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const places = batch * height * width;
  const pixels = emitter.derive(x, 'pixels', () => emitter.reshape(x.name, [places, channels]));
  const isPadded = taps.some(({ padding }) => padding.some((extent) => extent > 0));
  const table = emitter.tableOf(`taps ${JSON.stringify([[batch, height, width], taps])}`, () => {
    const [size] = taps.map((tap) => tap.size);
    const data = indicesOf(x.shape, taps);
    return { type: 'int32', dims: [batch * (size?.[0] ?? 0) * (size?.[1] ?? 0), taps.length], data };
  });
  return emitter.emit('Gather', [isPadded ? withZeros(emitter, x, pixels) : pixels, table], {
    attributes: { axis: 0 },
  });
}

/** Pixels `[places, channels]` and one of zeros behind them. */
function withZeros(emitter: Emitter, x: Lowered, pixels: string): string {
  const [, , , channels = 0] = x.shape;
  return emitter.derive(x, 'pixels and zeros', () => {
    const zeros = emitter.constant('float32', [1, channels], new Float32Array(channels));
    return emitter.emit('Concat', [pixels, zeros], { attributes: { axis: 0 } });
  });
}

/** The number of the pixel that each tap meets at each place; those around the picture are {@link OUTSIDE}. */
function indicesOf([batch = 0, height = 0, width = 0]: readonly number[], taps: readonly Tap[]): Int32Array {
  const [rows = 0, columns = 0] = taps[0]?.size ?? [];
  const indices = new Int32Array(sizeOf([batch, rows, columns, taps.length]));
  let position = 0;
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const { offset, strides, padding } of taps) {
          const y = offset[0] - padding[0] + row * strides[0];
          const x = offset[1] - padding[1] + column * strides[1];
          const isInside = y >= 0 && y < height && x >= 0 && x < width;
          indices[position++] = isInside ? (image * height + y) * width + x : OUTSIDE;
        }
      }
    }
  }
  return indices;
}
