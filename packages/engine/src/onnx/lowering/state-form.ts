import type { TensorData, TensorDataType } from '../../engine.js';
import type { Layout } from './layout.js';
import { identityLayout, inverseLayout, physicalDims } from './layout.js';
import { permuteData } from './permute-data.js';

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
export function toForm(data: TensorData, dtype: TensorDataType, { shape, layout }: StateForm): TensorData {
  return permuteData(data, dtype, shape, layout);
}

/** Data as it lies in memory, in row-major order; the data itself if that is the same. */
export function fromForm(data: TensorData, dtype: TensorDataType, form: StateForm): TensorData {
  return permuteData(data, dtype, formDims(form), inverseLayout(form.layout));
}
