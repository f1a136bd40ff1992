import * as tf from '@tensorflow/tfjs';
import { KernelAttributes } from '../kernel-attributes.js';
import type { KernelCall, Replacement } from './replace-kernel.js';
import { replaceKernel } from './replace-kernel.js';
import type { Margins } from './windows.js';
import { marginsOf, poolWindowOf } from './windows.js';

/** Extents of the spatial axes of `[batch, ...spatial, channels]`. */
const imageOf = (shape: readonly number[]) => shape.slice(1, -1);
/** Extents of the spatial axes of `[...spatial, in, out]`. */
const kernelOf = (shape: readonly number[]) => shape.slice(0, -2);

/**
 * tfjs-node refuses padding that is stated as numbers, in most kernels. These pad the image themselves, call the kernel without
 * padding, and cut the margins off a gradient of the image.
 */
export function registerNumericPadding(): void {
  for (const name of ['Conv2D', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D']) {
    replaceKernel(
      name,
      overImage('x', ({ inputs }) => kernelOf(inputs.filter.shape), 0),
    );
  }
  for (const name of ['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter']) {
    replaceKernel(
      name,
      overImage('x', ({ attrs }) => kernelOf(shapeIn(attrs, 'filterShape')), 0),
    );
  }
  for (const name of ['Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropInput']) {
    replaceKernel(name, imageGradient);
  }
  for (const dimensions of ['', '3D']) {
    replaceKernel(`MaxPool${dimensions}`, overImage('x', poolWindow, Number.NEGATIVE_INFINITY));
    replaceKernel(`MaxPool${dimensions}Grad`, maximumGradient);
    replaceKernel(`AvgPool${dimensions}`, average);
    replaceKernel(`AvgPool${dimensions}Grad`, averageGradient(`AvgPool${dimensions}`));
  }
}

function overImage(image: string, window: (call: KernelCall) => readonly number[], fill: number): Replacement {
  return (call, former) => {
    const x = call.inputs[image];
    const margins = marginsOf(call.attrs, imageOf(x.shape), window(call));
    if (margins === undefined) return former(call);
    return former(withoutPadding({ ...call, inputs: { ...call.inputs, [image]: padded(x, margins, fill) } }));
  };
}

const imageGradient: Replacement = (call, former) => {
  const shape = shapeIn(call.attrs, 'inputShape');
  const margins = marginsOf(call.attrs, imageOf(shape), kernelOf(call.inputs.filter.shape));
  if (margins === undefined) return former(call);
  const attrs = { ...call.attrs, inputShape: widened(shape, margins) };
  return cut(former(withoutPadding({ ...call, attrs })), margins, shape);
};

const maximumGradient: Replacement = (call, former) => {
  const { input } = call.inputs;
  const margins = marginsOf(call.attrs, imageOf(input.shape), poolWindow(call));
  if (margins === undefined) return former(call);
  const inputs = { ...call.inputs, input: padded(input, margins, Number.NEGATIVE_INFINITY) };
  return cut(former(withoutPadding({ ...call, inputs })), margins, input.shape);
};

/** Over the elements of each window that lie on the image. */
const average: Replacement = (call, former) => {
  const { x } = call.inputs;
  const margins = marginsOf(call.attrs, imageOf(x.shape), poolWindow(call));
  if (margins === undefined) return former(call);
  const { attrs } = call;
  const over = (image: tf.Tensor) => former(withoutPadding({ attrs, inputs: { x: padded(image, margins, 0) } }));
  return tf.div(over(x), over(tf.onesLike(x)));
};

function averageGradient(forward: string): Replacement {
  return (call, former) => {
    const { dy, input } = call.inputs;
    const margins = marginsOf(call.attrs, imageOf(input.shape), poolWindow(call));
    if (margins === undefined) return former(call);
    const { attrs } = call;
    const image = padded(input, margins, 0);
    const ones = padded(tf.onesLike(input), margins, 0);
    const share = tf.engine().runKernel<tf.Tensor>(forward, { x: ones }, withoutPadding({ attrs, inputs: {} }).attrs);
    const inputs = { dy: tf.div(dy, share), input: image };
    return cut(former(withoutPadding({ attrs, inputs })), margins, input.shape);
  };
}

function poolWindow({ attrs, inputs }: KernelCall): readonly number[] {
  return poolWindowOf(attrs, (inputs.x ?? inputs.input).rank - 2);
}

function withoutPadding({ inputs, attrs }: KernelCall): KernelCall {
  const { dimRoundingMode: _, ...rest } = attrs;
  return { inputs, attrs: { ...rest, pad: 'valid' } };
}

function padded(image: tf.Tensor, { before, after }: Margins, fill: number): tf.Tensor {
  const spatial = before.map((count, axis): [number, number] => [count, after[axis]]);
  return tf.pad(image, [[0, 0], ...spatial, [0, 0]], fill);
}

function widened(shape: readonly number[], { before, after }: Margins): number[] {
  return shape.map((extent, axis) => extent + (before[axis - 1] ?? 0) + (after[axis - 1] ?? 0));
}

function cut(gradient: tf.Tensor, { before }: Margins, shape: readonly number[]): tf.Tensor {
  return tf.slice(gradient, [0, ...before, 0], [...shape]);
}

function shapeIn(attrs: tf.NamedAttrMap, name: string): readonly number[] {
  return new KernelAttributes('of windows', attrs).numbers(name);
}
