import * as tf from '@tensorflow/tfjs';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { KernelAttributes } from '../../kernel-attributes.js';
import { sliceRange } from '../../slice-range.js';
import { sizeOf } from '../../tensor-value.js';
import { einsum } from './einsum.js';
import { replaceKernel, tensorOf, valuesOf } from './replace-kernel.js';

/**
 * Replaces the kernels of TensorFlow.js's CPU backend that compute wrong results: matrix products whose operands are both
 * broadcast along leading axes, strided slices that drop an axis, sums over a letter that one operand alone has, whether all of
 * nothing is true, and running sums and products along an axis that is counted from the end.
 */
export function correctForwardKernels(): void {
  replaceKernel('All', trueOfNothing);
  replaceKernel('BatchMatMul', broadcastFirst);
  replaceKernel('Cumprod', countedAxis);
  replaceKernel('Cumsum', countedAxis);
  replaceKernel('_FusedMatMul', broadcastFirst);
  replaceKernel('Einsum', () => einsum);
  replaceKernel('StridedSlice', () => stridedSlice);
}

function trueOfNothing(former: KernelFunc): KernelFunc {
  return (call) => {
    const result = former(call);
    if (sizeOf(call.inputs.x?.shape ?? []) > 0 || Array.isArray(result)) return result;
    tf.engine().backend.disposeData(result.dataId);
    return tensorOf(new Uint8Array(sizeOf(result.shape)).fill(1), result.shape, 'bool');
  };
}

function countedAxis(former: KernelFunc): KernelFunc {
  return (call) => {
    const rank = call.inputs.x?.shape.length ?? 0;
    const axis = new KernelAttributes('Cumsum', call.attrs ?? {}).axis('axis', rank);
    return former({ ...call, attrs: { ...call.attrs, axis } });
  };
}

/** Repeats operands first, where neither is one matrix for all nor one for each. */
function broadcastFirst(former: KernelFunc): KernelFunc {
  return (call) => {
    const { a, b } = call.inputs;
    if (a === undefined || b === undefined) throw new Error('A matrix product takes two matrices');
    const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const made: TensorInfo[] = [];
    const whole = (x: TensorInfo): TensorInfo => {
      const count = sizeOf(x.shape.slice(0, -2));
      if (count === 1 || count === sizeOf(batch)) return x;
      const repeated = repeat(x, batch);
      made.push(repeated);
      return repeated;
    };
    const result = former({ ...call, inputs: { ...call.inputs, a: whole(a), b: whole(b) } });
    for (const { dataId } of made) tf.engine().backend.disposeData(dataId);
    return result;
  };
}

/** `[..., rows, columns]` -> `[batch..., rows, columns]`. */
function repeat(x: TensorInfo, batch: readonly number[]): TensorInfo {
  const matrix = sizeOf(x.shape.slice(-2));
  const own = [...batch.map(() => 1), ...x.shape.slice(0, -2)].slice(-batch.length);
  const values = valuesOf(x);
  const result = new Float32Array(sizeOf(batch) * matrix);
  for (let index = 0; index < sizeOf(batch); index++) {
    let [rest, stride, source] = [index, 1, 0];
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const position = rest % batch[axis];
      rest = Math.floor(rest / batch[axis]);
      if (own[axis] !== 1) source += position * stride;
      stride *= own[axis];
    }
    result.set(values.subarray(source * matrix, (source + 1) * matrix), index * matrix);
  }
  return tensorOf(result, [...batch, ...x.shape.slice(-2)], x.dtype);
}

const stridedSlice: KernelFunc = ({ inputs, attrs }) => {
  const { x } = inputs;
  if (x === undefined) throw new Error('A slice takes a tensor');
  const { begin, end, strides, finalShape } = sliceRange(new KernelAttributes('StridedSlice', attrs ?? {}), x.shape);
  const size = tf.slice_util.computeOutShape(begin, end, strides);
  const values = valuesOf(x);
  const result = values.slice(0, sizeOf(size));
  for (let index = 0; index < result.length; index++) {
    let [rest, stride, source] = [index, 1, 0];
    for (let axis = size.length - 1; axis >= 0; axis--) {
      source += (begin[axis] + (rest % size[axis]) * strides[axis]) * stride;
      rest = Math.floor(rest / size[axis]);
      stride *= x.shape[axis];
    }
    result[index] = values[source];
  }
  return tensorOf(result, finalShape, x.dtype);
};
