import { UnsupportedProgramError } from '../../errors.js';
import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { activate } from './activation.js';
import { binary } from './elementwise.js';
import { attributesOf, checkGradientOfWindows, imageSize, kernelSize, windowsOf } from './windows.js';

function conv2d(call: KernelCall): Value {
  const [x, filter] = [call.input('x'), call.input('filter')];
  const windows = windowsOf(call, imageSize(x.shape), kernelSize(filter.shape));
  const shape = [x.shape[0] ?? 0, ...windows.outputSize, filter.shape[3] ?? 0];
  return call.graph.node('Conv2D', [x, filter], attributesOf(windows), shape, 'float32');
}

function depthwiseConv2d(call: KernelCall): Value {
  const [x, filter] = [call.input('x'), call.input('filter')];
  const windows = windowsOf(call, imageSize(x.shape), kernelSize(filter.shape));
  if (Math.max(...windows.strides) > 1 && Math.max(...windows.dilations) > 1) {
    throw new UnsupportedProgramError(
      call.op,
      'TensorFlow.js takes strides or dilations, not both',
      'Leave one at 1: for strides take every n-th row and column of the result, tf.stridedSlice.',
    );
  }
  const channels = (filter.shape[2] ?? 0) * (filter.shape[3] ?? 0);
  const shape = [x.shape[0] ?? 0, ...windows.outputSize, channels];
  return call.graph.node('DepthwiseConv2D', [x, filter], attributesOf(windows), shape, 'float32');
}

/** Adds the bias and applies the activation that a fused kernel carries. */
function finish(call: KernelCall, result: Value): Value {
  const bias = call.optionalInput('bias');
  return activate(call, bias === undefined ? result : binary(call.graph, 'Add', result, bias));
}

function backpropInput(operation: 'Conv2DBackpropInput' | 'DepthwiseConv2DBackpropInput') {
  return (call: KernelCall): Value => {
    const [dy, filter] = [call.input('dy'), call.input('filter')];
    const shape = [...call.numbers('inputShape')];
    const windows = windowsOf(call, imageSize(shape), kernelSize(filter.shape));
    checkGradientOfWindows(call, windows, dy);
    return call.graph.node(operation, [dy, filter], attributesOf(windows), shape, 'float32');
  };
}

function backpropFilter(operation: 'Conv2DBackpropFilter' | 'DepthwiseConv2DBackpropFilter') {
  return (call: KernelCall): Value => {
    const [x, dy] = [call.input('x'), call.input('dy')];
    const shape = [...call.numbers('filterShape')];
    const windows = windowsOf(call, imageSize(x.shape), kernelSize(shape));
    checkGradientOfWindows(call, windows, dy);
    return call.graph.node(operation, [x, dy], attributesOf(windows), shape, 'float32');
  };
}

export const convolutionKernels: KernelTable = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: backpropFilter('Conv2DBackpropFilter'),
  Conv2DBackpropInput: backpropInput('Conv2DBackpropInput'),
  DepthwiseConv2dNative: depthwiseConv2d,
  DepthwiseConv2dNativeBackpropFilter: backpropFilter('DepthwiseConv2DBackpropFilter'),
  DepthwiseConv2dNativeBackpropInput: backpropInput('DepthwiseConv2DBackpropInput'),
  FusedConv2D: (call) => finish(call, conv2d(call)),
  FusedDepthwiseConv2D: (call) => finish(call, depthwiseConv2d(call)),
};
