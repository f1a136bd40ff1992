/** The windows of a pooling along one axis. */
export interface AxisWindows {
  /** Elements of the axis. */
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  /** Padding before the first element. */
  readonly before: number;
  /** Number of windows. */
  readonly size: number;
}

/** For each window, its length divided by the number of elements that it covers (0 if it covers none). */
export function windowShares({ length, kernel, stride, before, size }: AxisWindows): Float32Array {
  return Float32Array.from({ length: size }, (_, index) => {
    const begin = index * stride - before;
    const covered = Math.min(length, begin + kernel) - Math.max(0, begin);
    return covered > 0 ? kernel / covered : 0;
  });
}

/**
 * The factors that turn the gradient of an average pooling that divides by the whole window, as TensorFlow.js's kernels
 * do, into that of one that divides by what the window covers, as its forward pass does: row-major, one axis after the other.
 */
export function averageCorrection(axes: readonly AxisWindows[]): Float32Array {
  return axes.reduce((table, axis) => {
    const shares = windowShares(axis);
    return Float32Array.from({ length: table.length * shares.length }, (_, index) => {
      return table[Math.floor(index / shares.length)] * shares[index % shares.length];
    });
  }, Float32Array.of(1));
}
