/** How a map is cut into windows. */
export interface WindowGeometry {
  readonly height: number;
  readonly width: number;
  /** Rows and columns of a window. */
  readonly window: number;
  /** Cells by which the map is rolled up and to the left before it is cut. */
  readonly shift: number;
  /** The map with what is added below and on the right, so that windows cover it. */
  readonly paddedHeight: number;
  readonly paddedWidth: number;
}

/**
 * A map that is no larger than the window along one side has windows of that side's length, and they are not shifted, as in the official code.
 * @param shifted whether the block is one of every two whose windows are shifted by half
 */
export function windowGeometry(height: number, width: number, window: number, shifted: boolean): WindowGeometry {
  const side = Math.min(height, width);
  const fits = side <= window;
  const size = fits ? side : window;
  const up = (extent: number): number => Math.ceil(extent / size) * size;
  return {
    height,
    width,
    window: size,
    shift: shifted && !fits ? Math.floor(size / 2) : 0,
    paddedHeight: up(height),
    paddedWidth: up(width),
  };
}

export const isPadded = ({ height, width, paddedHeight, paddedWidth }: WindowGeometry): boolean =>
  paddedHeight !== height || paddedWidth !== width;

/** For each pair of cells of a window, the row of the bias table that belongs to their distance: `[cells * cells]`. */
export function relativePositionIndex(window: number): Int32Array {
  const cells = window * window;
  const span = 2 * window - 1;
  return Int32Array.from({ length: cells * cells }, (_, pair) => {
    const [query, key] = [Math.floor(pair / cells), pair % cells];
    const rows = Math.floor(query / window) - Math.floor(key / window) + window - 1;
    const columns = (query % window) - (key % window) + window - 1;
    return rows * span + columns;
  });
}

/** What is added to the attention between cells that must not see each other. */
const APART = -100;

/**
 * Added to the attention of each window, `[windows, cells, cells]`: cells that only the roll brought together, and padding, do not see each other.
 */
export function attentionMask(geometry: WindowGeometry): Float32Array {
  const { paddedHeight, paddedWidth, window } = geometry;
  const [windowRows, windowColumns] = [paddedHeight / window, paddedWidth / window];
  const cells = window * window;
  const mask = new Float32Array(windowRows * windowColumns * cells * cells);
  const regions = new Int32Array(cells);
  for (let index = 0; index < windowRows * windowColumns; index += 1) {
    const [top, left] = [Math.floor(index / windowColumns) * window, (index % windowColumns) * window];
    for (let cell = 0; cell < cells; cell += 1) {
      regions[cell] = regionOf(geometry, top + Math.floor(cell / window), left + (cell % window));
    }
    for (let query = 0; query < cells; query += 1) {
      const start = (index * cells + query) * cells;
      for (let key = 0; key < cells; key += 1) {
        if (regions[query] !== regions[key]) mask[start + key] = APART;
      }
    }
  }
  return mask;
}

/** Number of the part of the rolled map that a cell is in; -1 is the padding. */
function regionOf(geometry: WindowGeometry, row: number, column: number): number {
  const { height, width, paddedHeight, paddedWidth, window, shift } = geometry;
  const isPadding = (row + shift) % paddedHeight >= height || (column + shift) % paddedWidth >= width;
  if (isPadding) return -1;
  const part = (place: number, extent: number): number =>
    shift === 0 || place < extent - window ? 0 : place < extent - shift ? 1 : 2;
  return 3 * part(row, paddedHeight) + part(column, paddedWidth);
}
