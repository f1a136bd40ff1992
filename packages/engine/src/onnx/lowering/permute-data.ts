import type { TensorData, TensorDataType } from '../../engine.js';
import { allocate } from '../../tensor-value.js';

/** Elements of a side of a square that is copied at a time: what of it is read and written fits in the first cache. */
const TILE = 32;

/** An axis of the result: its extent, and how far apart its elements lie in the data and in the result. */
interface Axis {
  readonly extent: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Copies row-major data of `dims` so that axis j of the result is axis `permutation[j]`.
 * @returns the data itself if nothing moves
 */
export function permuteData(
  data: TensorData,
  dtype: TensorDataType,
  dims: readonly number[],
  permutation: readonly number[],
): TensorData {
  const axes = movedAxes(dims, permutation);
  if (axes.length < 2 || data.length === 0) return data;
  const result = allocate(dtype, data.length);
  // Bits are bits: one kind of loop for numbers of either type.
  copyAxes(bitsOf(data), bitsOf(result), axes);
  return result;
}

/** The axes of the result without those of one element; neighbours that stay neighbours are one. */
function movedAxes(dims: readonly number[], permutation: readonly number[]): readonly Axis[] {
  const steps = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) steps[axis] = (steps[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  const axes: Axis[] = [];
  let to = 1;
  for (const position of permutation.toReversed()) {
    const [extent, from] = [dims[position] ?? 1, steps[position] ?? 1];
    const inner = axes[0];
    if (extent !== 1) {
      if (inner !== undefined && from === inner.from * inner.extent) {
        axes[0] = { ...inner, extent: inner.extent * extent };
      } else axes.unshift({ extent, from, to });
    }
    to *= extent;
  }
  return axes;
}

function bitsOf(data: TensorData): Bits {
  return data instanceof Uint8Array ? data : new Int32Array(data.buffer, data.byteOffset, data.length);
}

type Bits = Int32Array | Uint8Array;

interface Copying {
  readonly data: Bits;
  readonly result: Bits;
  /** The axis along which the data is read on. */
  readonly along: Axis;
  /** The axis along which the result is written on. */
  readonly across: Axis;
  readonly others: readonly Axis[];
}

/** Square by square, each along all other axes before the next: those read and write on where they have just been. */
function copyAxes(data: Bits, result: Bits, axes: readonly Axis[]): void {
  const last = axes.length - 1;
  // Where the last axis of the data is that of the result, rows of it are copied as they are, and any other axis will do.
  const found = axes.findIndex(({ from }, position) => from === 1 && position < last);
  const unit = Math.max(0, found);
  const [along, across] = [axes[unit], axes[last]];
  if (along === undefined || across === undefined) return;
  const others = axes.filter((_, position) => position !== unit && position !== last);
  const copying = { data, result, along, across, others };
  for (let top = 0; top < along.extent; top += TILE) {
    const height = Math.min(TILE, along.extent - top);
    for (let left = 0; left < across.extent; left += TILE) {
      const width = Math.min(TILE, across.extent - left);
      copySquares(copying, 0, top * along.from + left * across.from, top * along.to + left, height, width);
    }
  }
}

function copySquares(copying: Copying, depth: number, from: number, to: number, height: number, width: number): void {
  const axis = copying.others[depth];
  if (axis === undefined) {
    copySquare(copying, from, to, height, width);
    return;
  }
  for (let index = 0; index < axis.extent; index++) {
    copySquares(copying, depth + 1, from + index * axis.from, to + index * axis.to, height, width);
  }
}

function copySquare({ data, result, along, across }: Copying, from: number, to: number, height: number, width: number) {
  const step = across.from;
  for (let row = 0; row < height; row++) {
    let source = from + row * along.from;
    const start = to + row * along.to;
    for (let target = start; target < start + width; target++, source += step) result[target] = data[source] ?? 0;
  }
}
