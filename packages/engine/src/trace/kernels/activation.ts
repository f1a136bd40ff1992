import { UnsupportedProgramError } from '../../errors.js';
import type { Value } from '../../graph/value.js';
import type { KernelCall } from '../kernel-call.js';
import { binary, scalar, select, unary } from './elementwise.js';

/** Applies the activation named by a fused kernel. */
export function activate(call: KernelCall, x: Value): Value {
  const activation = call.text('activation', 'linear');
  const { graph } = call;
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return unary(graph, 'Relu', x);
    case 'relu6':
      return unary(graph, 'Relu6', x);
    case 'elu':
      return unary(graph, 'Elu', x);
    case 'sigmoid':
      return unary(graph, 'Sigmoid', x);
    case 'leakyrelu':
      return graph.node('LeakyRelu', [x], { alpha: call.number('leakyreluAlpha', 0.2) }, x.shape, x.dtype);
    case 'prelu': {
      const scaled = binary(graph, 'Multiply', x, call.input('preluActivationWeights'));
      return select(graph, binary(graph, 'Less', x, scalar(graph, 0)), scaled, x);
    }
    default:
      throw new UnsupportedProgramError(
        call.op,
        `the fused activation ${activation} is unknown`,
        'Apply the activation as an op of its own.',
      );
  }
}
