export interface Grid {
  readonly height: number;
  readonly width: number;
}

/** Coefficient of Keys's kernel, as in PyTorch. */
const SHARPNESS = -0.75;

function kernel(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
  if (x < 2) return ((SHARPNESS * x - 5 * SHARPNESS) * x + 8 * SHARPNESS) * x - 4 * SHARPNESS;
  return 0;
}

/** Weights of the old points in each new point along one axis, `[to][from]`; points beyond an edge repeat the edge. */
function axisWeights(from: number, to: number): readonly Float64Array[] {
  return Array.from({ length: to }, (_, index) => {
    const weights = new Float64Array(from);
    const position = ((index + 0.5) * from) / to - 0.5;
    const left = Math.floor(position);
    for (let point = left - 1; point <= left + 2; point += 1) {
      weights[Math.min(from - 1, Math.max(0, point))] += kernel(position - point);
    }
    return weights;
  });
}

/**
 * The matrix that resamples a table over one grid onto another, `[to.height * to.width, from.height * from.width]`: bicubic without
 * antialiasing and with half-pixel centres, as PyTorch's `interpolate(mode='bicubic')`. As a product with a parameter it lets
 * a pretrained table fit another image size and still learn.
 */
export function bicubicResampling(from: Grid, to: Grid): Float32Array {
  const rows = axisWeights(from.height, to.height);
  const columns = axisWeights(from.width, to.width);
  const matrix = new Float32Array(to.height * to.width * from.height * from.width);
  let place = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (const y of row) {
        for (const x of column) {
          matrix[place] = y * x;
          place += 1;
        }
      }
    }
  }
  return matrix;
}
