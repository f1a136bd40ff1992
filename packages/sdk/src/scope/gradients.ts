import * as tf from '@tensorflow/tfjs';
import type { NamedTensors } from '@query2label/engine';

/** What a differentiated function returns. */
export interface Differentiable {
  readonly value: tf.Scalar;
  /** Other tensors of the forward pass that are wanted afterwards: logits, new buffer values. */
  readonly extras?: NamedTensors;
}

export interface Gradients {
  readonly value: tf.Scalar;
  /** By the names of the arguments; `undefined` where the value does not depend on one. */
  readonly gradients: Readonly<Record<string, tf.Tensor | undefined>>;
  readonly extras: NamedTensors;
}

/**
 * Value, gradients with respect to named tensors, and intermediate tensors that would otherwise be freed with the tape.
 * Unlike `tf.grads` it allows arguments that the value does not depend on.
 */
export function gradientsOf(compute: () => Differentiable, at: NamedTensors): Gradients {
  const names = Object.keys(at);
  const kept = new Map<string, tf.Tensor>();
  const { value, grads } = tf.engine().gradients(
    () => {
      const result = compute();
      for (const [name, tensor] of Object.entries(result.extras ?? {})) kept.set(name, tf.keep(tf.clone(tensor)));
      return result.value;
    },
    names.map((name) => at[name]),
    undefined,
    true,
  );
  const extras: Record<string, tf.Tensor> = {};
  for (const [name, tensor] of kept) {
    // The copy belongs to the caller's scope and is freed with it; the kept tensor would outlive it.
    extras[name] = tf.clone(tensor);
    tensor.dispose();
  }
  const gradients = Object.fromEntries(
    names.map((name, index): [string, tf.Tensor | undefined] => [name, grads[index]]),
  );
  return { value, gradients, extras };
}
