import { UnsupportedProgramError } from '../../errors.js';
import type { Padding2D, Pair, WindowAttributes } from '../../graph/attributes.js';
import type { Value } from '../../graph/value.js';
import type { KernelCall } from '../kernel-call.js';

/** The windows along one axis: how many, and the padding that they need. */
export interface Extent {
  readonly size: number;
  readonly before: number;
  readonly after: number;
}

/** Where the windows of a convolution or pooling lie on an image of `[height, width]`. */
export interface Windows extends WindowAttributes {
  readonly outputSize: Pair;
}

/** Reads strides, dilations and padding of a call; each way TensorFlow.js states them. */
export function windowsOf(call: KernelCall, image: Pair, kernel: Pair): Windows {
  const format = call.text('dataFormat', 'NHWC');
  if (format !== 'NHWC') {
    throw new UnsupportedProgramError(
      call.op,
      `the data format ${format} is not supported`,
      'Use NHWC: transpose to [batch, height, width, channels]; the engine chooses the layout in memory itself.',
    );
  }
  const strides = call.pair('strides', 1);
  const dilations = call.pair('dilations', 1);
  refuseUnevenPadding(call, kernel, strides, dilations);
  const vertical = extentOf(call, 0, image[0], kernel[0], strides[0], dilations[0]);
  const horizontal = extentOf(call, 1, image[1], kernel[1], strides[1], dilations[1]);
  const padding: Padding2D = [vertical.before, horizontal.before, vertical.after, horizontal.after];
  return { kernel, strides, dilations, padding, outputSize: [vertical.size, horizontal.size] };
}

/** TensorFlow.js pads by one number as if windows were as wide, and moved as far, as they do in height. */
function refuseUnevenPadding(call: KernelCall, kernel: Pair, strides: Pair, dilations: Pair): void {
  const pad = call.raw('pad');
  const [height, width] = kernel.map((extent, axis) => (extent - 1) * (dilations[axis] ?? 1));
  if (typeof pad !== 'number' || (height === width && strides[0] === strides[1])) return;
  throw new UnsupportedProgramError(
    call.op,
    `TensorFlow.js computes the wrong width when windows of ${kernel.join('x')}, strides ${strides.join('x')}, are padded by the number ${pad}`,
    `Write the padding as [[0, 0], [${pad}, ${pad}], [${pad}, ${pad}], [0, 0]], or use tf.pad before it.`,
  );
}

/** The attributes that a node keeps of its windows. */
export function attributesOf({ kernel, strides, dilations, padding }: Windows): WindowAttributes {
  return { kernel, strides, dilations, padding };
}

/** Where the windows lie along one axis of a call; `axis` counts the axes of the image. */
export function extentOf(
  call: KernelCall,
  axis: number,
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
): Extent {
  const pad = call.raw('pad');
  const reach = (kernel - 1) * dilation + 1;
  if (pad === 'same') {
    const size = Math.ceil(length / stride);
    const total = Math.max(0, (size - 1) * stride + reach - length);
    return { size, before: Math.floor(total / 2), after: total - Math.floor(total / 2) };
  }
  if (pad === 'valid') {
    return { size: checkCount(call, Math.ceil((length - reach + 1) / stride), reach, length), before: 0, after: 0 };
  }
  const [before, after] = explicitPadding(call, pad, axis);
  const whole = length + before + after;
  const size = checkCount(call, round(call, (whole - reach) / stride + 1), reach, whole);
  // Rounding up lets the last window reach beyond the padding.
  return { size, before, after: Math.max(after, (size - 1) * stride + reach - length - before) };
}

function checkCount(call: KernelCall, count: number, reach: number, length: number): number {
  if (count >= 0) return Math.max(0, count); // no -0
  throw new UnsupportedProgramError(
    call.op,
    `its windows reach over ${reach} places, and there are only ${length}`,
    "Pad by 'same', or take smaller windows or less dilation.",
  );
}

/** Refuses windows, on the way back, that are not those of the way forth: TensorFlow.js loses how their number was rounded. */
export function checkGradientOfWindows(call: KernelCall, { outputSize }: Windows, dy: Value): void {
  if (outputSize[0] === dy.shape[1] && outputSize[1] === dy.shape[2]) return;
  throw new UnsupportedProgramError(
    call.op,
    'TensorFlow.js has no gradient where dimRoundingMode makes more windows than fit',
    'Leave dimRoundingMode out, and state such padding that the windows fit: [[0, 0], [top, bottom], [left, right], [0, 0]].',
  );
}

function explicitPadding(call: KernelCall, pad: unknown, axis: number): Pair {
  if (typeof pad === 'number') return [pad, pad];
  const [before, after] = call.rows('pad')[axis + 1] ?? [];
  return [before ?? 0, after ?? 0];
}

function round(call: KernelCall, size: number): number {
  switch (call.text('dimRoundingMode', 'floor')) {
    case 'ceil':
      return Math.ceil(size);
    case 'round':
      return Math.round(size);
    default:
      return Math.floor(size);
  }
}

/** `[height, width]` of an NHWC shape. */
export function imageSize(shape: readonly number[]): Pair {
  return [shape[1] ?? 0, shape[2] ?? 0];
}

/** `[height, width]` of an HWIO shape. */
export function kernelSize(shape: readonly number[]): Pair {
  return [shape[0] ?? 0, shape[1] ?? 0];
}
