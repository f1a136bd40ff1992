import * as tf from '@tensorflow/tfjs';
import type { NamedValues, Program, TensorSpec, TensorValue } from '../engine.js';
import { sizeOf } from '../tensor-value.js';
import { seededValue } from './seeded.js';

/** One op on given inputs, to be run on two engines. */
export interface OpCase {
  readonly name: string;
  readonly inputs: readonly TensorValue[];
  /** The op; it may return several tensors. */
  readonly op: (...inputs: tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[];
  /** Whether gradients of its float32 inputs are compared too; default true. */
  readonly gradient?: boolean;
  /** Whether gradients are compared with finite differences as well; default true. */
  readonly differences?: boolean;
  /** Largest relative error allowed; default 2e-5. */
  readonly tolerance?: number;
}

let nextSeed = 1;

/** A float32 input in `[low, high)`. */
export function floats(shape: readonly number[], low = -1, high = 1): TensorValue {
  const { data } = seededValue({ dtype: 'float32', shape }, nextSeed++);
  return { dtype: 'float32', shape, data: data.map((value: number) => low + ((value + 1) / 2) * (high - low)) };
}

/** An int32 input in `[0, bound)`. */
export function integers(shape: readonly number[], bound: number): TensorValue {
  const draws = floats(shape, 0, bound).data;
  return { dtype: 'int32', shape, data: Int32Array.from(draws, (draw) => Math.floor(draw)) };
}

export function truths(shape: readonly number[]): TensorValue {
  return seededValue({ dtype: 'bool', shape }, nextSeed++);
}

/** Names the inputs of a case `x0`, `x1`, ... */
export function inputsOfCase({ inputs }: OpCase): NamedValues {
  return Object.fromEntries(inputs.map((value, index) => [`x${index}`, value]));
}

/** A program that returns the results of an op and the gradients of a weighted sum of them. */
export function programOfCase(given: OpCase): Program {
  const { inputs, op } = given;
  return (args) => {
    const tensors = inputs.map((_, index) => args.inputs[`x${index}`]);
    const outputs: Record<string, tf.Tensor> = {};
    list(op(...tensors)).forEach((result, index) => (outputs[`y${index}`] = result));
    const differentiable = inputs.flatMap((value, index) => (value.dtype === 'float32' ? [index] : []));
    if (hasGradient(given)) {
      const loss = (...moved: tf.Tensor[]) => {
        const all = tensors.map((tensor, index) => moved[differentiable.indexOf(index)] ?? tensor);
        return tf.addN(
          list(op(...all))
            .filter(isFloat)
            .map((result, index) => tf.sum(tf.mul(result, weights(result, index)))),
        );
      };
      const gradients = tf.grads(loss)(differentiable.map((index) => tensors[index]));
      gradients.forEach((value, index) => (outputs[`g${index}`] = value));
    }
    return { outputs };
  };
}

/** The loss whose gradients `programOfCase` computes, added up in double precision. */
export function lossOfCase({ op }: OpCase, inputs: readonly tf.Tensor[]): number {
  return list(op(...inputs))
    .filter(isFloat)
    .reduce((total, result, index) => {
      const [values, factors] = [Array.from(result.dataSync()), weights(result, index).dataSync()];
      return values.reduce((sum, value, place) => sum + value * factors[place], total);
    }, 0);
}

/** Whether a case has gradients to compare. */
export function hasGradient({ inputs, gradient = true }: OpCase): boolean {
  return gradient && inputs.some(({ dtype }) => dtype === 'float32');
}

function isFloat(tensor: tf.Tensor): boolean {
  return tensor.dtype === 'float32';
}

function list(results: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[] {
  return results instanceof tf.Tensor ? [results] : results;
}

/** Fixed weights, so that a gradient is no constant. */
function weights(result: tf.Tensor, index: number): tf.Tensor {
  const spec: TensorSpec = { dtype: 'float32', shape: result.shape };
  const { data } = seededValue(spec, 5000 + index);
  return sizeOf(result.shape) === 0 ? tf.zeros(result.shape) : tf.tensor(data, result.shape);
}
