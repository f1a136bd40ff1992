import * as tf from '@tensorflow/tfjs';
import type { KernelAttributes } from './kernel-attributes.js';

/** Where the kernel StridedSlice begins, ends and steps along each axis of a tensor, masks worked in. */
export function sliceRange(attributes: KernelAttributes, shape: readonly number[]) {
  const list = (name: string) => [...attributes.numbers(name)];
  const mask = (name: string) => attributes.number(name, 0);
  return tf.slice_util.sliceInfo(
    [...shape],
    list('begin'),
    list('end'),
    list('strides'),
    mask('beginMask'),
    mask('endMask'),
    mask('ellipsisMask'),
    mask('newAxisMask'),
    mask('shrinkAxisMask'),
  );
}
