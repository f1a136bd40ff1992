import type { Emitter } from './emitter.js';
import { BLOCKED, outOfBlocks } from './reorder.js';

/** A product of two matrices as they lie in memory: `[rows, inner] x [inner, columns]`, each side perhaps turned. */
export interface MatrixProduct {
  /** `[rows, inner]`, or `[inner, rows]` if turned. */
  readonly a: string;
  /** `[inner, columns]`, or `[columns, inner]` if turned. */
  readonly b: string;
  readonly turnedA: boolean;
  readonly turnedB: boolean;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** `[columns]` */
  readonly bias?: string;
}

/** Multiplications from which on it pays to bring the operands in order. */
export const LARGE = 2 ** 27;

/** Uses of an element from which on it pays to move it. */
const OFTEN = 150;

/** Rows are brought into blocks in groups of this many. */
const LANES = 4;

/** A matrix product: ONNX's own, or a faster way to the same numbers where it is large and neither side is constant. */
export function productOf(emitter: Emitter, product: MatrixProduct, constantSide: boolean): string {
  const { rows, inner, columns } = product;
  const { channelBlock } = emitter;
  const multiplications = rows * inner * columns;
  const moved = rows * inner + inner * columns + rows * columns;
  if (channelBlock === undefined || constantSide || multiplications < Math.max(LARGE, moved * OFTEN)) {
    return gemm(emitter, product);
  }
  return blockedProduct(emitter, product, channelBlock) ?? gemm(emitter, product);
}

function gemm(emitter: Emitter, { a, b, turnedA, turnedB, bias }: MatrixProduct): string {
  const attributes = { transA: Number(turnedA), transB: Number(turnedB) };
  return emitter.emit('Gemm', bias === undefined ? [a, b] : [a, b, bias], { attributes });
}

/**
 * The product as a convolution of one pixel in blocks of channels, by ONNX Runtime's internal operators: they have the speed that `Gemm`
 * has with a constant packed beforehand. To bring a matrix into blocks is one quick pass, shared by all products that
 * read it so.
 *
 * With a turned left side that is the larger, the transposed product is computed: the large matrix is then read in the
 * blocks in which the other products of a training step read it.
 */
export function blockedProduct(emitter: Emitter, product: MatrixProduct, block: number): string | undefined {
  const { a, b, turnedA, turnedB, rows, inner, columns, bias } = product;
  const transposed = turnedA && rows > columns && bias === undefined;
  const [pixels, channels] = transposed ? [columns, rows] : [rows, columns];
  // Whether a matrix holds what is added up along its columns.
  const image = transposed ? { name: b, innerLast: turnedB } : { name: a, innerLast: !turnedA };
  const filter = transposed ? { name: a, innerLast: !turnedA } : { name: b, innerLast: turnedB };
  const padded = Math.ceil(inner / block) * block;
  const fits = padded === inner || (!image.innerLast && !filter.innerLast && inner % LANES === 0);
  if (!fits || channels % block !== 0) return undefined;
  const pixelBlocks = image.innerLast
    ? blocksOfColumns(emitter, image.name, pixels, inner)
    : blocksOfRows(emitter, image.name, inner, pixels);
  const channelBlocks = filter.innerLast
    ? blocksOfRows(emitter, filter.name, channels, inner)
    : blocksOfColumns(emitter, filter.name, inner, channels);
  const whole =
    padded === inner ? channelBlocks : withZeroRows(emitter, channelBlocks, [channels / block, inner, block], padded);
  const pixelsInBlocks = emitter.reshape(pixelBlocks, [1, padded, pixels, 1]);
  const inputs = [
    pixelsInBlocks,
    emitter.reshape(whole, [channels, padded, 1, 1]),
    ...(bias === undefined ? [] : [bias]),
  ];
  const result = emitter.emit('Conv', inputs, { domain: BLOCKED, attributes: { kernel_shape: [1, 1] } });
  if (!transposed) return emitter.seenAs([rows, columns], outOfBlocks(emitter, result, [1, columns, rows], block));
  const name = emitter.emit('ReorderOutput', [result], { domain: BLOCKED, attributes: { channels } });
  return emitter.seenAs([rows, columns], { name, dims: [1, rows, columns, 1] });
}

/** `[rows, columns]` -> blocks of columns, `[columns / block, rows, block]`, declared as the picture `[1, columns, rows, 1]`. */
function blocksOfColumns(emitter: Emitter, name: string, rows: number, columns: number): string {
  return emitter.reuseSoon(`blocks of columns ${name}`, (again) =>
    emitter.emit('ReorderInput', [emitter.reshape(name, again ? [1, 1, rows, columns] : [1, rows, 1, columns])], {
      domain: BLOCKED,
      attributes: { channels_last: 1 },
    }),
  );
}

/** `[rows, columns]` -> blocks of rows, `[rows / block, columns, block]`, the last filled up with zeros, declared as `[1, rows, columns, 1]`. */
function blocksOfRows(emitter: Emitter, name: string, rows: number, columns: number): string {
  return emitter.reuseSoon(`blocks of rows ${name}`, (again) =>
    emitter.emit('ReorderInput', [emitter.reshape(name, again ? [1, rows, 1, columns] : [1, rows, columns, 1])], {
      domain: BLOCKED,
    }),
  );
}

/** Blocks `[count, rows, block]` with zeros behind the rows of each. */
function withZeroRows(emitter: Emitter, blocks: string, shape: readonly number[], rows: number): string {
  const missing = rows - (shape[1] ?? 0);
  return emitter.emit('Pad', [emitter.reshape(blocks, shape), emitter.integers([0, 0, 0, 0, missing, 0])]);
}
