import { sizeOf } from '../../tensor-value.js';
import type { Emitter } from './emitter.js';
import { planProduct } from './product-plan.js';
import type { ProductPlan, ProductSizes } from './product-plan.js';
import { BLOCKED, outOfBlocks } from './reorder.js';

/** A product of two matrices as they lie in memory. */
export interface MatrixProduct extends ProductSizes {
  /** `[rows, inner]`, or `[inner, rows]` if turned. */
  readonly a: string;
  /** `[inner, columns]`, or `[columns, inner]` if turned. */
  readonly b: string;
  /** `[columns]` */
  readonly bias?: string;
}

/** Multiplications from which on it pays to bring the operands in order. */
export const LARGE = 2 ** 27;

/** Uses of an element from which on it pays to move it. */
const OFTEN = 150;

/**
 * A matrix product: ONNX's own, or a faster way to the same numbers where it is large and neither side is constant.
 * @param fixed how it is computed, where that is not chosen here
 */
export function productOf(
  emitter: Emitter,
  product: MatrixProduct,
  constantSide: boolean,
  fixed?: ProductPlan,
): string {
  const { channelBlock } = emitter;
  if (channelBlock === undefined) return gemm(emitter, product);
  if (fixed !== undefined) return planned(emitter, product, fixed, channelBlock);
  if (constantSide || !isLarge(product)) return gemm(emitter, product);
  return blockedProduct(emitter, product, channelBlock) ?? gemm(emitter, product);
}

/** Whether it pays to bring the operands of a product in order. */
export function isLarge({ rows, inner, columns }: ProductSizes): boolean {
  const moved = rows * inner + inner * columns + rows * columns;
  return rows * inner * columns >= Math.max(LARGE, moved * OFTEN);
}

/** ONNX's own product. */
export function gemm(emitter: Emitter, product: Omit<MatrixProduct, 'rows' | 'inner'>): string {
  const { a, b, columns, turnedA, turnedB, bias } = product;
  // With one column, `Gemm` takes three to six times as long.
  if (columns === 1 && bias === undefined && !turnedA && !turnedB) return emitter.emit('MatMul', [a, b]);
  // WebGPU's kernel takes three times as long for a turned right side as for one that was turned before.
  const right = turnedB && emitter.forCard ? emitter.emit('Transpose', [b], { attributes: { perm: [1, 0] } }) : b;
  const attributes = { transA: Number(turnedA), transB: Number(turnedB && !emitter.forCard) };
  return emitter.emit('Gemm', bias === undefined ? [a, right] : [a, right, bias], { attributes });
}

/**
 * The product as a convolution of one pixel in blocks of channels, by ONNX Runtime's internal operators: they have the speed that `Gemm`
 * has with a constant packed beforehand. To bring a matrix into blocks is one quick pass, shared by all products that
 * read it so.
 */
export function blockedProduct(emitter: Emitter, product: MatrixProduct, block: number): string | undefined {
  const plan = planProduct(product, product.bias !== undefined, block);
  return plan && planned(emitter, product, plan, block);
}

function planned(emitter: Emitter, product: MatrixProduct, plan: ProductPlan, block: number): string {
  const { rows, inner, columns, bias } = product;
  const { transposed, image, filter, padded, channels } = plan;
  const [pixels, given] = transposed ? [columns, rows] : [rows, columns];
  const pixelBlocks = image.innerLast
    ? blocksOfColumns(emitter, product[image.side], pixels, inner)
    : blocksOfRows(emitter, product[image.side], inner, pixels);
  const channelBlocks = filter.innerLast
    ? blocksOfRows(emitter, product[filter.side], given, inner)
    : blocksOfColumns(emitter, product[filter.side], inner, given);
  const whole =
    padded === inner ? channelBlocks : withZeroRows(emitter, channelBlocks, [channels / block, inner, block], padded);
  const pixelsInBlocks = emitter.reshape(pixelBlocks, [1, padded, pixels, 1]);
  const filterInBlocks = emitter.reshape(whole, [channels, padded, 1, 1]);
  // Each column has its number of the bias, which is one of a channel only where channels are columns.
  const inputs = [pixelsInBlocks, filterInBlocks, ...(bias === undefined || transposed ? [] : [bias])];
  const name = emitter.emit('Conv', inputs, { domain: BLOCKED, attributes: { kernel_shape: [1, 1] } });
  const result = emitter.asItIs({ name, dims: [1, channels, pixels, 1] });
  if (!transposed) {
    const ordered = emitter.seenAs([rows, columns], outOfBlocks(emitter, result, [1, columns, rows], block));
    emitter.inBlocks.columns.set(ordered, result);
    return ordered;
  }
  const left = emitter.emit('ReorderOutput', [result], { domain: BLOCKED, attributes: { channels: rows } });
  const ordered = emitter.seenAs([rows, columns], { name: left, dims: [1, rows, columns, 1] });
  emitter.inBlocks.rows.set(ordered, result);
  return bias === undefined ? ordered : emitter.emit('Add', [ordered, bias]);
}

/** `[rows, columns]` -> blocks of columns, `[columns / block, rows, block]`, declared as the picture `[1, columns, rows, 1]`. */
function blocksOfColumns(emitter: Emitter, name: string, rows: number, columns: number): string {
  const known = emitter.inBlocks.columns.get(name);
  if (known !== undefined) return known;
  return emitter.reuseSoon(`blocks of columns ${name}`, (again) =>
    emitter.emit('ReorderInput', [emitter.reshape(name, again ? [1, 1, rows, columns] : [1, rows, 1, columns])], {
      domain: BLOCKED,
      attributes: { channels_last: 1 },
    }),
  );
}

/** `[rows, columns]` -> blocks of rows, `[rows / block, columns, block]`, the last filled up with zeros, declared as `[1, rows, columns, 1]`. */
function blocksOfRows(emitter: Emitter, name: string, rows: number, columns: number): string {
  const known = emitter.inBlocks.rows.get(name);
  if (known !== undefined) return known;
  return emitter.reuseSoon(`blocks of rows ${name}`, (again) =>
    emitter.emit('ReorderInput', [emitter.reshape(name, again ? [1, rows, 1, columns] : [1, rows, columns, 1])], {
      domain: BLOCKED,
    }),
  );
}

/** Blocks `[count, rows, block]` with zeros behind the rows of each. */
function withZeroRows(emitter: Emitter, blocks: string, shape: readonly number[], rows: number): string {
  const [count = 0, present = 0, block = 0] = shape;
  const dims = [count, rows - present, block];
  const zeros = emitter.tableOf(`zeros ${dims.join(',')}`, () => {
    return { type: 'float32', dims, data: new Float32Array(sizeOf(dims)) };
  });
  // A concatenation, which works with all threads; ONNX Runtime's `Pad` does not.
  return emitter.emit('Concat', [emitter.reshape(blocks, shape), zeros], { attributes: { axis: 1 } });
}
