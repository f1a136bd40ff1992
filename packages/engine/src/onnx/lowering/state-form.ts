import type { TensorData, TensorDataType } from '../../engine.js';
import type { Layout } from './layout.js';
import { identityLayout, inverseLayout, permuteData, physicalDims } from './layout.js';

/** What the blocks of a matrix hold: elements of neighbouring rows, `[rows / block, columns, block]`, or columns, `[columns / block, rows, block]`. */
export type BlockOrder = 'rows' | 'columns';

/** How a state entry lies in memory: its elements seen as another shape, whose axes are in the order of a layout. */
export interface StateForm {
  readonly shape: readonly number[];
  readonly layout: Layout;
  /** Of a matrix in blocks. */
  readonly order?: BlockOrder;
}

/** The form of an entry that lies in memory as a program sees it. */
export function plainForm(shape: readonly number[]): StateForm {
  return { shape, layout: identityLayout(shape.length) };
}

/** The form of a matrix `[rows, columns]` in blocks; its extents fill whole blocks. */
export function blocksForm([rows = 0, columns = 0]: readonly number[], order: BlockOrder, block: number): StateForm {
  return order === 'rows'
    ? { shape: [rows / block, block, columns], layout: [0, 2, 1], order }
    : { shape: [rows, columns / block, block], layout: [1, 0, 2], order };
}

/** Extents in memory. */
export function formDims({ shape, layout }: StateForm): readonly number[] {
  return physicalDims(shape, layout);
}

/** Data in row-major order, as it lies in memory; the data itself if that is the same. */
export function toForm(data: TensorData, dtype: TensorDataType, { shape, layout, order }: StateForm): TensorData {
  const [first = 0, second = 0, third = 0] = shape;
  if (order === undefined || !(data instanceof Float32Array)) return permuteData(data, dtype, shape, layout);
  return order === 'rows' ? exchangeLast(data, second, third) : exchangeFirst(data, first, second, third);
}

/** Data as it lies in memory, in row-major order; the data itself if that is the same. */
export function fromForm(data: TensorData, dtype: TensorDataType, form: StateForm): TensorData {
  const [first = 0, second = 0, third = 0] = formDims(form);
  if (form.order === undefined || !(data instanceof Float32Array)) {
    return permuteData(data, dtype, formDims(form), inverseLayout(form.layout));
  }
  return form.order === 'rows' ? exchangeLast(data, second, third) : exchangeFirst(data, first, second, third);
}

/** `[groups, rows, columns]` -> `[groups, columns, rows]` */
function exchangeLast(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  let position = 0;
  for (let start = 0; start < data.length; start += rows * columns) {
    for (let column = start; column < start + columns; column++) {
      const end = column + rows * columns;
      for (let source = column; source < end; source += columns) result[position++] = data[source] ?? 0;
    }
  }
  return result;
}

/** `[rows, columns, length]` -> `[columns, rows, length]` */
function exchangeFirst(data: Float32Array, rows: number, columns: number, length: number): Float32Array {
  const result = new Float32Array(data.length);
  let position = 0;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const start = (row * columns + column) * length;
      for (let source = start; source < start + length; source++) result[position++] = data[source] ?? 0;
    }
  }
  return result;
}
