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
};
