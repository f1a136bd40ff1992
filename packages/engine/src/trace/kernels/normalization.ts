import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { binary, scalar, unary } from './elementwise.js';

/** `x * a + b`, where a and b depend on the statistics alone: a convolution before it can take them in. */
function batchNormalization(call: KernelCall): Value {
  const { graph } = call;
  const [x, mean, variance] = [call.input('x'), call.input('mean'), call.input('variance')];
  const [scale, offset] = [call.optionalInput('scale'), call.optionalInput('offset')];
  const epsilon = scalar(graph, call.number('varianceEpsilon', 0.001));
  const inverse = unary(graph, 'Rsqrt', binary(graph, 'Add', variance, epsilon));
  const factor = scale === undefined ? inverse : binary(graph, 'Multiply', inverse, scale);
  const shift = binary(graph, 'Multiply', mean, factor);
  const term = offset === undefined ? unary(graph, 'Neg', shift) : binary(graph, 'Sub', offset, shift);
  return binary(graph, 'Add', binary(graph, 'Multiply', x, factor), term);
}

/**
 * With n = bias + alpha * (sum of squares in the window):
 * dx = dy * n^-beta - 2 * alpha * beta * x * (sum of dy * y / n in the window). A sum in the window of channels is a
 * product with a band matrix.
 */
function localResponseGradient(call: KernelCall): Value {
  const { graph } = call;
  const [x, y, dy] = [call.input('x'), call.input('y'), call.input('dy')];
  const [radius, bias, alpha, beta] = ['depthRadius', 'bias', 'alpha', 'beta'].map((name) => call.number(name));
  const channels = x.shape[3] ?? 0;
  const band = Float32Array.from({ length: channels * channels }, (_, index) =>
    Number(Math.abs(Math.floor(index / channels) - (index % channels)) <= radius),
  );
  const matrix = graph.literal(band, [channels, channels], 'float32');
  const windowSum = (value: Value) => {
    const rows = graph.reshape(value, [x.shape.slice(0, 3).reduce((a, b) => a * b, 1), channels]);
    const attributes = { transposeA: false, transposeB: false };
    return graph.reshape(graph.node('BatchMatMul', [rows, matrix], attributes, rows.shape, 'float32'), x.shape);
  };
  const times = (a: Value, b: Value) => binary(graph, 'Multiply', a, b);
  const norm = binary(
    graph,
    'Add',
    times(windowSum(unary(graph, 'Square', x)), scalar(graph, alpha)),
    scalar(graph, bias),
  );
  const direct = times(dy, binary(graph, 'Pow', norm, scalar(graph, -beta)));
  const mixed = times(x, windowSum(binary(graph, 'RealDiv', times(dy, y), norm)));
  return binary(graph, 'Sub', direct, times(mixed, scalar(graph, 2 * alpha * beta)));
}

export const normalizationKernels: KernelTable = {
  FusedBatchNorm: batchNormalization,
  LRN: (call) => {
    const x = call.input('x');
    const attributes = {
      depthRadius: call.number('depthRadius', 5),
      bias: call.number('bias', 1),
      alpha: call.number('alpha', 1),
      beta: call.number('beta', 0.5),
    };
    return call.graph.node('LocalResponseNormalization', [x], attributes, x.shape, x.dtype);
  },
  LRNGrad: localResponseGradient,
};
