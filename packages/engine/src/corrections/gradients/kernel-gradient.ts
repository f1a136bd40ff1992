import * as tf from '@tensorflow/tfjs';
import type { GradConfig } from '@tensorflow/tfjs';
import { KernelAttributes } from '../../kernel-attributes.js';

/** One kernel on the tape, on the way back. */
export interface BackwardCall {
  /** Gradient of the kernel's (first) result. */
  readonly dy: tf.Tensor;
  /** Gradients of all its results. */
  readonly dys: readonly tf.Tensor[];
  /** The inputs that were saved, in the order of `inputs`, and after them the outputs that were. */
  readonly saved: readonly tf.Tensor[];
  readonly attributes: KernelAttributes;
}

export interface KernelGradient {
  /** Inputs that the gradient needs, by name; `all` for a kernel that takes a list. */
  readonly inputs?: readonly string[] | 'all';
  /** Which outputs it needs. */
  readonly outputs?: readonly boolean[];
  /** The gradient of each input, by name, computed when asked for; each has its input's shape and is float32. */
  readonly gradient: (call: BackwardCall) => Readonly<Record<string, () => tf.Tensor>>;
}

/** Gradients by the kernel that they belong to. */
export type GradientTable = Readonly<Record<string, KernelGradient>>;

/** Puts gradients in the place of those of TensorFlow.js, for every backend. */
export function registerGradients(table: GradientTable): void {
  for (const [kernelName, rule] of Object.entries(table)) tf.registerGradient(configOf(kernelName, rule));
}

function configOf(kernelName: string, { inputs = [], outputs, gradient }: KernelGradient): GradConfig {
  return {
    kernelName,
    ...(inputs === 'all' ? { saveAllInputs: true } : { inputsToSave: [...inputs] }),
    ...(outputs === undefined ? {} : { outputsToSave: [...outputs] }),
    gradFunc: (dy, saved, attributes) =>
      gradient({
        dy: Array.isArray(dy) ? dy[0] : dy,
        dys: Array.isArray(dy) ? dy : [dy],
        saved,
        attributes: new KernelAttributes(kernelName, attributes),
      }),
  };
}

/** Sums a tensor over the axes along which a shape was broadcast to it. */
export function sumTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const missing = x.shape.length - shape.length;
  const axes = x.shape.flatMap((extent, axis) => {
    const before = axis < missing ? 1 : shape[axis - missing];
    return axis < missing || (before === 1 && extent !== 1) ? [axis] : [];
  });
  return tf.reshape(axes.length === 0 ? x : tf.sum(x, axes), [...shape]);
}

/** A float32 zero of a shape: the gradient of what does not depend on its input smoothly. */
export function noGradient(like: tf.Tensor): () => tf.Tensor {
  return () => tf.zeros(like.shape);
}
