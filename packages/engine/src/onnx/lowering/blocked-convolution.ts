import type { ConvolutionAttributes } from '../../graph/attributes.js';
import { sizeOf } from '../../tensor-value.js';
import type { Emitter } from './emitter.js';
import { LARGE } from './large-product.js';
import type { Lowered } from './lowered.js';
import { BLOCKED, outOfBlocks } from './reorder.js';

/** Rows of pixels narrower than this leave the kernel half empty: a product over a matrix of taps is faster there. */
const NARROW = 10;

export interface BlockedConvolution {
  /** NHWC */
  readonly x: Lowered;
  /** `[out, in, height, width]` in blocks, as {@link filterBlocks} and {@link turnedFilterBlocks} give it. */
  readonly filter: string;
  readonly window: Pick<ConvolutionAttributes, 'kernel' | 'strides' | 'dilations' | 'padding'>;
  /** `[batch, height, width, outputs]` of the result. */
  readonly shape: readonly number[];
  /** `[out]` */
  readonly bias?: string;
}

/**
 * Whether a convolution whose filter is not constant is fastest with ONNX Runtime's internal operators on blocks of channels: no
 * matrix of taps is made, which nine times the picture's memory would go into.
 * @param shape `[batch, height, width, channels]` of what it gives
 * @param filter `[height, width, in, out]`
 */
export function isForBlocks(emitter: Emitter, shape: readonly number[], filter: readonly number[]): boolean {
  const { channelBlock: block } = emitter;
  const [batch = 0, height = 0, width = 0] = shape;
  const [rows = 0, columns = 0, inputs = 0, outputs = 0] = filter;
  if (block === undefined || inputs % block !== 0 || outputs % block !== 0) return false;
  return rows * columns > 1 && width >= NARROW && batch * height * width * sizeOf(filter) >= LARGE;
}

/** The convolution, NHWC. */
export function blockedConvolution(
  emitter: Emitter,
  { x, filter, window, shape, bias }: BlockedConvolution,
  block: number,
): string {
  const [batch = 0, height = 0, width = 0, outputs = 0] = shape;
  const { kernel, strides, dilations, padding } = window;
  const image = emitter.emit('ReorderInput', [x.name], { domain: BLOCKED, attributes: { channels_last: 1 } });
  const attributes = { kernel_shape: kernel, strides, dilations, pads: padding };
  const inputs = [image, filter, ...(bias === undefined ? [] : [bias])];
  const result = emitter.emit('Conv', inputs, { domain: BLOCKED, attributes });
  const { name } = outOfBlocks(emitter, result, [batch, outputs, height * width], block);
  return emitter.reshape(name, shape);
}

/** HWIO filter -> `[out / block, in / block, height, width, block, block]`, declared `[out, in, height, width]`. */
export function filterBlocks(emitter: Emitter, filter: Lowered, block: number): string {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filter.shape;
  const taps = height * width;
  return emitter.derive(filter, 'blocks', () => {
    const rows = emitter.reshape(filter.name, [1, taps * inputs, 1, outputs]);
    // [out / block, taps, in, block]
    const blocks = emitter.emit('ReorderInput', [rows], { domain: BLOCKED, attributes: { channels_last: 1 } });
    const parted = emitter.reshape(blocks, [outputs / block, taps, inputs / block, block * block]);
    const ordered = emitter.emit('Transpose', [parted], { attributes: { perm: [0, 2, 1, 3] } });
    return emitter.reshape(ordered, [outputs, inputs, height, width]);
  });
}

/** The same of the filter turned round, with inputs and outputs changed: the filter of the input's gradient. */
export function turnedFilterBlocks(emitter: Emitter, filter: Lowered, block: number): string {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filter.shape;
  const taps = height * width;
  return emitter.derive(filter, 'turned blocks', () => {
    const pictures = emitter.reshape(filter.name, [taps, inputs, outputs, 1]);
    const backwards = emitter.integers(Array.from({ length: taps }, (_, tap) => taps - 1 - tap));
    const turned = emitter.emit('Gather', [pictures, backwards], { attributes: { axis: 0 } });
    // [taps, in / block, out, block]
    const blocks = emitter.emit('ReorderInput', [turned], { domain: BLOCKED });
    const parted = emitter.reshape(blocks, [taps, inputs / block, outputs / block, block * block]);
    const ordered = emitter.emit('Transpose', [parted], { attributes: { perm: [1, 2, 0, 3] } });
    return emitter.reshape(ordered, [inputs, outputs, height, width]);
  });
}
