import type { Value } from '../graph/value.js';
import { inputsOf, isNode } from '../graph/value.js';
import { sizeOf } from '../tensor-value.js';

const [HEIGHT, WIDTH, CHANNELS] = [0, 1, 2];

/** Operations of a convolution: two for each cell of the filter, channel of the input and element of the output. */
function ofConvolution(output: Value, filterShape: readonly number[]): number {
  return 2 * sizeOf(output.shape) * filterShape[HEIGHT] * filterShape[WIDTH] * filterShape[CHANNELS];
}

function ofDepthwise(output: Value, filterShape: readonly number[]): number {
  return 2 * sizeOf(output.shape) * filterShape[HEIGHT] * filterShape[WIDTH];
}

/**
 * Floating-point operations of one value of a graph: convolutions, matrix products and their gradients, a multiply-add counted as two.
 * Element-wise operations count nothing, as in published figures.
 */
export function floatingPointOperations(value: Value): number {
  if (isNode(value, 'BatchMatMul')) {
    const [{ shape }] = value.inputs;
    return 2 * sizeOf(value.shape) * shape[shape.length - (value.attributes.transposeA ? 2 : 1)];
  }
  const [first, second] = inputsOf(value);
  if (isNode(value, 'Conv2D')) return ofConvolution(value, second.shape);
  if (isNode(value, 'Conv2DBackpropInput')) return ofConvolution(first, second.shape);
  if (isNode(value, 'Conv2DBackpropFilter')) return ofConvolution(second, value.shape);
  if (isNode(value, 'DepthwiseConv2D')) return ofDepthwise(value, second.shape);
  if (isNode(value, 'DepthwiseConv2DBackpropInput')) return ofDepthwise(first, second.shape);
  if (isNode(value, 'DepthwiseConv2DBackpropFilter')) return ofDepthwise(second, value.shape);
  return 0;
}
