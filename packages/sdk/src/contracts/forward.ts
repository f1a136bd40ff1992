import type * as tf from '@tensorflow/tfjs';

/** Random draws inside a program: a pure function of `(run seed, purpose, epoch, step, layer)`; the same on every engine. */
export interface KeyedRandom {
  /** Uniform in `[0, 1)`. `layer` names the place in the network and must be unique there. */
  uniform(layer: string, shape: readonly number[]): tf.Tensor;
  /** Standard normal draws. */
  normal(layer: string, shape: readonly number[]): tf.Tensor;
  /** 1 with the given probability, else 0, as float32. */
  bernoulli(layer: string, shape: readonly number[], probability: number): tf.Tensor;
  /** Inverted dropout: zeroes elements with probability `rate` and scales the rest by `1 / (1 - rate)`; identity when not training. */
  dropout<T extends tf.Tensor>(layer: string, x: T, rate: number): T;
}

/** What a forward function may use while a program is recorded. */
export interface ForwardScope {
  /** True in a training step: dropout is active and batch statistics are used. */
  readonly training: boolean;
  readonly random: KeyedRandom;
  /** The tensor of a declared parameter, buffer or table, by full name. */
  parameter(name: string): tf.Tensor;
  /** Gives a buffer its value after this step (running statistics). Ignored when not training. */
  updateBuffer(name: string, value: tf.Tensor): void;
  /** Shows an intermediate value to whoever asked for it (comparisons with other implementations); otherwise does nothing. */
  observe(name: string, value: tf.Tensor): void;
}
