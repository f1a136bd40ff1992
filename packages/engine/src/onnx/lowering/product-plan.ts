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
  /** Whether the transposed product is computed; otherwise the result is in blocks of columns. */
  readonly transposed: boolean;
  readonly image: PlacedSide;
  readonly filter: PlacedSide;
  /** What is added up, with zeros to whole blocks. */
  readonly padded: number;
}

/** Rows are brought into blocks in groups of this many. */
const LANES = 4;

/**
 * Which side of a product becomes the picture, which the filter.
 *
 * With a turned left side that is the larger, the transposed product is computed: the large matrix is then read in the
 * blocks in which the other products of a training step read it.
 * @returns undefined where sizes do not fit blocks
 */
export function planProduct(sizes: ProductSizes, hasBias: boolean, block: number): ProductPlan | undefined {
  const { rows, inner, columns, turnedA, turnedB } = sizes;
  const transposed = turnedA && rows > columns && !hasBias;
  const image: PlacedSide = transposed ? { side: 'b', innerLast: turnedB } : { side: 'a', innerLast: !turnedA };
  const filter: PlacedSide = transposed ? { side: 'a', innerLast: !turnedA } : { side: 'b', innerLast: turnedB };
  const padded = Math.ceil(inner / block) * block;
  const fits = padded === inner || (!image.innerLast && !filter.innerLast && inner % LANES === 0);
  return fits && (transposed ? rows : columns) % block === 0 ? { transposed, image, filter, padded } : undefined;
}

/** Whether a product reads a side in blocks of columns, `[columns / block, rows, block]`; otherwise in blocks of rows. */
export function readsBlocksOfColumns({ image, filter }: ProductPlan, side: 'a' | 'b'): boolean {
  return image.side === side ? image.innerLast : !filter.innerLast;
}
