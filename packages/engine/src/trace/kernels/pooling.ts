import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { binary } from './elementwise.js';
import { attributesOf, imageSize, windowsOf } from './windows.js';

function pool(operation: 'MaxPool' | 'AvgPool') {
  return (call: KernelCall): Value => {
    const x = call.input('x');
    const windows = windowsOf(call, imageSize(x.shape), call.pair('filterSize'));
    const shape = [x.shape[0] ?? 0, ...windows.outputSize, x.shape[3] ?? 0];
    return call.graph.node(operation, [x], attributesOf(windows), shape, x.dtype);
  };
}

function poolGradient(operation: 'MaxPoolGrad' | 'AvgPoolGrad') {
  return (call: KernelCall): Value => {
    const [x, dy] = [call.input('input'), call.input('dy')];
    const windows = windowsOf(call, imageSize(x.shape), call.pair('filterSize'));
    return call.graph.node(operation, [x, dy], attributesOf(windows), x.shape, x.dtype);
  };
}

function maxPoolWithArgmax(call: KernelCall): readonly Value[] {
  const { graph } = call;
  const x = call.input('x');
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const windows = windowsOf(call, imageSize(x.shape), call.pair('filterSize'));
  const shape = [batch, ...windows.outputSize, channels];
  const attributes = attributesOf(windows);
  const positions = graph.node('MaxPoolPositions', [x], attributes, shape, 'int32');
  const perImage = height * width * channels;
  const offsets = Int32Array.from({ length: batch }, (_, image) => image * perImage);
  const indices = call.flag('includeBatchInIndex')
    ? binary(graph, 'Add', positions, graph.literal(offsets, [batch, 1, 1, 1], 'int32'))
    : positions;
  return [graph.node('MaxPool', [x], attributes, shape, x.dtype), indices];
}

export const poolingKernels: KernelTable = {
  AvgPool: pool('AvgPool'),
  AvgPoolGrad: poolGradient('AvgPoolGrad'),
  MaxPool: pool('MaxPool'),
  MaxPoolGrad: poolGradient('MaxPoolGrad'),
  MaxPoolWithArgmax: maxPoolWithArgmax,
};
