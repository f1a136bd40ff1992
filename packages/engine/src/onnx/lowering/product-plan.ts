import type { NodeOf } from '../../graph/value.js';
import type { BlockOrder } from './state-form.js';

/** A product of two matrices, `[rows, inner] x [inner, columns]`, each side perhaps turned in memory. */
export interface ProductSizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly turnedA: boolean;
  readonly turnedB: boolean;
}

/** A matrix in the place of a convolution's picture or filter. */
export interface PlacedSide {
  readonly side: 'a' | 'b';
  /** Whether the matrix holds what is added up along its columns. */
  readonly innerLast: boolean;
}

/** A product as a convolution of one pixel in blocks of channels. */
export interface ProductPlan {
  /** Whether the transposed product is computed, whose result is in blocks of rows; otherwise the result is in blocks of columns. */
  readonly transposed: boolean;
  readonly image: PlacedSide;
  readonly filter: PlacedSide;
  /** What is added up, with zeros to whole blocks. */
  readonly padded: number;
  /** Rows of the transposed product, columns of the other, to whole blocks. */
  readonly channels: number;
}

/** A matrix of a product that is in blocks, or is to be. */
export interface FixedMatrix {
  readonly matrix: 'a' | 'b' | 'result';
  readonly order: BlockOrder;
}

/** Rows are brought into blocks in groups of this many. */
const LANES = 4;

/**
 * Which side of a product becomes the picture, which the filter.
 *
 * With a turned left side that is the larger, the transposed product is computed: the large matrix is then read in the
 * blocks in which the other products of a training step read it. A matrix that is in blocks decides by their order.
 * @returns undefined where sizes do not fit blocks
 */
export function planProduct(
  sizes: ProductSizes,
  hasBias: boolean,
  block: number,
  fixed?: FixedMatrix,
): ProductPlan | undefined {
  const { rows, inner, columns, turnedA, turnedB } = sizes;
  const transposed = fixed === undefined ? turnedA && rows > columns && !hasBias : isTransposed(sizes, fixed);
  const image: PlacedSide = transposed ? { side: 'b', innerLast: turnedB } : { side: 'a', innerLast: !turnedA };
  const filter: PlacedSide = transposed ? { side: 'a', innerLast: !turnedA } : { side: 'b', innerLast: turnedB };
  const [padded, channels] = [inner, transposed ? rows : columns].map((length) => Math.ceil(length / block) * block);
  const fits = padded === inner || (!image.innerLast && !filter.innerLast && inner % LANES === 0);
  // Rows that fill up the last block are left out of the transposed result when it leaves its blocks.
  const whole = transposed ? channels === rows || (filter.innerLast && rows % LANES === 0) : channels === columns;
  return fits && whole ? { transposed, image, filter, padded, channels } : undefined;
}

function isTransposed({ turnedA, turnedB }: ProductSizes, { matrix, order }: FixedMatrix): boolean {
  const turned = matrix === 'a' ? turnedA : matrix === 'b' && turnedB;
  return order === (turned ? 'columns' : 'rows');
}

/** Whether a product reads a side in blocks of columns, `[columns / block, rows, block]`; otherwise in blocks of rows. */
export function readsBlocksOfColumns({ image, filter }: ProductPlan, side: 'a' | 'b'): boolean {
  return image.side === side ? image.innerLast : !filter.innerLast;
}

/** The sizes of a product of two matrices; undefined for one of stacks of matrices, or of whole numbers. */
export function productSizes(product: NodeOf<'BatchMatMul'>): ProductSizes | undefined {
  const { inputs, shape, dtype, attributes } = product;
  if (dtype !== 'float32' || inputs.some((input) => input.shape.length !== 2)) return undefined;
  const [rows = 0, columns = 0] = shape;
  const { transposeA, transposeB } = attributes;
  const inner = inputs[0]?.shape[transposeA ? 0 : 1] ?? 0;
  return { rows, inner, columns, turnedA: transposeA, turnedB: transposeB };
}
