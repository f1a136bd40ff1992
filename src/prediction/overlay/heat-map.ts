/** Attention over the cells of a feature map, row-major `[rows][columns]`. */
export interface AttentionGrid {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** @throws RangeError if the values are not `rows x columns` finite numbers */
export function assertAttentionGrid(grid: AttentionGrid): void {
  const { rows, columns, values } = grid;
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 1 || columns < 1) {
    throw new RangeError(`attention map: expected positive whole rows and columns, received ${rows} x ${columns}`);
  }
  if (values.length !== rows * columns) {
    throw new RangeError(`attention map: expected ${rows * columns} values, received ${values.length}`);
  }
  if (!values.every((value) => Number.isFinite(value))) {
    throw new RangeError('attention map: expected finite values, received NaN or infinity');
  }
}

/** Where a target pixel falls between two cells, whose centres lie at half-integers. Beyond the outer centres the edge value holds. */
interface Sample {
  readonly lower: number;
  readonly upper: number;
  readonly fraction: number;
}

function sampleAxis(cells: number, pixels: number): Sample[] {
  return Array.from({ length: pixels }, (_, pixel) => {
    const position = Math.min(cells - 1, Math.max(0, ((pixel + 0.5) * cells) / pixels - 0.5));
    const lower = Math.floor(position);
    return { lower, upper: Math.min(cells - 1, lower + 1), fraction: position - lower };
  });
}

/**
 * Stretches a map to pixels by bilinear interpolation between cell centres.
 * @returns `[height, width]`, row-major, in the unit of the map
 */
export function upsampleBilinear(grid: AttentionGrid, height: number, width: number): Float32Array {
  assertAttentionGrid(grid);
  const columns = sampleAxis(grid.columns, width);
  const out = new Float32Array(height * width);
  sampleAxis(grid.rows, height).forEach((row, y) => {
    const top = row.lower * grid.columns;
    const bottom = row.upper * grid.columns;
    columns.forEach((column, x) => {
      const a = grid.values[top + column.lower];
      const b = grid.values[top + column.upper];
      const c = grid.values[bottom + column.lower];
      const d = grid.values[bottom + column.upper];
      const upper = a + (b - a) * column.fraction;
      const lower = c + (d - c) * column.fraction;
      out[y * width + x] = upper + (lower - upper) * row.fraction;
    });
  });
  return out;
}

/** Scales values to 0..1 by their least and greatest; a flat map becomes all zeros, for it points nowhere. */
export function normalizeRange(values: Float32Array): Float32Array {
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const range = greatest - least;
  return values.map((value) => (range > 0 ? (value - least) / range : 0));
}
