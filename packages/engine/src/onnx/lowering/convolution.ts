import type { ConvolutionAttributes, Pair } from '../../graph/attributes.js';
import type { NodeOf, Value } from '../../graph/value.js';
import type { LoweringContext, LoweringTable } from './context.js';
import { sizeOf } from '../../tensor-value.js';
import { inputAt } from './context.js';
import { blockedConvolution, filterBlocks, isForBlocks } from './blocked-convolution.js';
import { inputGradient } from './convolution-input-gradient.js';
import { fresh } from './elementwise.js';
import type { Emitter } from './emitter.js';
import { productOf } from './large-product.js';
import { CHANNELS_FIRST, FILTER_OIHW } from './layout.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';
import { pairColumns } from './paired-columns.js';
import { imageToColumns } from './windows.js';

/**
 * A convolution, with a bias when there is one.
 *
 * ONNX's own convolution on NCHW where nothing learns from the image: a constant filter is packed once, and no matrix of taps
 * is made. Otherwise one matrix product on NHWC, whose matrix of taps the filter's gradient uses again.
 */
export function convolution(node: NodeOf<'Conv2D'>, context: LoweringContext, bias?: Value): Lowered {
  return context.isConstant(inputAt(node, 1)) || !context.isLearnedFrom(inputAt(node, 0))
    ? nativeConvolution(node, context, bias)
    : productConvolution(node, context, bias);
}

/** The attributes of ONNX's convolutions and poolings. */
export function windowAttributes({ kernel, strides, dilations, padding }: ConvolutionAttributes) {
  return { kernel_shape: kernel, strides, dilations, pads: padding };
}

function nativeConvolution(node: NodeOf<'Conv2D'>, { emitter, get }: LoweringContext, bias?: Value): Lowered {
  const x = emitter.physical(get(inputAt(node, 0)), CHANNELS_FIRST);
  const filter = emitter.physical(get(inputAt(node, 1)), FILTER_OIHW);
  const inputs = [x.name, filter.name, ...(bias === undefined ? [] : [emitter.canonical(get(bias)).name])];
  const name = emitter.emit('Conv', inputs, { attributes: windowAttributes(node.attributes) });
  return lowered(name, node.shape, 'float32', { layout: CHANNELS_FIRST });
}

function productConvolution(node: NodeOf<'Conv2D'>, { emitter, get }: LoweringContext, bias?: Value): Lowered {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const filter = emitter.canonical(get(inputAt(node, 1)));
  const { channelBlock } = emitter;
  if (channelBlock !== undefined && isForBlocks(emitter, node.shape, filter.shape)) {
    const parts = {
      ...{ x, filter: filterBlocks(emitter, filter, channelBlock), window: node.attributes, shape: node.shape },
      bias: bias === undefined ? undefined : emitter.canonical(get(bias)).name,
    };
    return fresh(blockedConvolution(emitter, parts, channelBlock), node);
  }
  const size = sizeOfImage(node.shape);
  const paired = pairColumns(emitter, x, node.attributes, size);
  const columns = imageToColumns(emitter, paired?.x ?? x, paired?.window ?? node.attributes, size);
  const matrix = paired?.filterMatrix(filter) ?? filterMatrix(emitter, filter);
  const inputs = [columns, matrix, ...(bias === undefined ? [] : [emitter.canonical(get(bias)).name])];
  // [batch * height * width, channels] -> NHWC
  return fresh(emitter.reshape(emitter.emit('Gemm', inputs), node.shape), node);
}

/** HWIO -> `[height * width * in, out]`. */
function filterMatrix(emitter: Emitter, filter: Lowered): string {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filter.shape;
  return emitter.derive(filter, 'matrix', () => emitter.reshape(filter.name, [height * width * inputs, outputs]));
}

/** `[taps * in, places] x [places, out]`, with the matrix of taps of the forward pass. */
function filterGradient(node: NodeOf<'Conv2DBackpropFilter'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const dy = emitter.canonical(get(inputAt(node, 1)));
  const [batch = 0, height = 0, width = 0, outputs = 0] = dy.shape;
  const paired = pairColumns(emitter, x, node.attributes, [height, width]);
  const columns = imageToColumns(emitter, paired?.x ?? x, paired?.window ?? node.attributes, [height, width]);
  const gradient = emitter.derive(dy, 'rows', () => emitter.reshape(dy.name, [batch * height * width, outputs]));
  const product = productOf(
    emitter,
    {
      ...{ a: columns, b: gradient, turnedA: true, turnedB: false, inner: batch * height * width, columns: outputs },
      rows: sizeOf(node.shape) / outputs,
    },
    false,
  );
  return fresh(paired?.filterOf(product, node.shape) ?? emitter.reshape(product, node.shape), node);
}

/** `[height, width]` of an NHWC shape. */
export function sizeOfImage(shape: readonly number[]): Pair {
  return [shape[1] ?? 0, shape[2] ?? 0];
}

export const convolutionLowerings: LoweringTable<'Conv2D' | 'Conv2DBackpropFilter' | 'Conv2DBackpropInput'> = {
  Conv2D: (node, context) => convolution(node, context),
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient,
};
