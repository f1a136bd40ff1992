import type * as tf from '@tensorflow/tfjs';
import type { NamedTensors, NamedValues, TensorValue } from '@query2label/engine';
import type { ForwardScope, ParameterSpec } from '../contracts/index.js';
import type { CollectedDeclarations } from '../scope/index.js';
import { hostNormal, hostRandom, keyOf } from '../random/index.js';

/** A built component together with what is needed to run it. */
export interface Subject {
  readonly specs: readonly ParameterSpec[];
  readonly tables: NamedValues;
  /** Inputs of a batch; the first image is the same for every batch size. */
  inputs(batch: number): NamedValues;
  /** Names of the inputs with respect to which gradients are checked. */
  readonly differentiable: readonly string[];
  forward(scope: ForwardScope, inputs: NamedTensors): NamedTensors;
  outputShapes(batch: number): Readonly<Record<string, readonly number[]>>;
}

export function declared(declarations: CollectedDeclarations): Pick<Subject, 'specs' | 'tables'> {
  return { specs: declarations.specs, tables: declarations.tables };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Standard normal values that depend on the name and the image only: `[batch, ...shape]`. */
export function normalBatch(name: string, batch: number, shape: readonly number[]): TensorValue {
  const size = sizeOf(shape);
  const data = new Float32Array(batch * size);
  for (let image = 0; image < batch; image++) {
    const random = hostRandom(keyOf(1, 'conformance', name, image));
    for (let index = 0; index < size; index++) data[image * size + index] = hostNormal(random);
  }
  return { dtype: 'float32', shape: [batch, ...shape], data };
}

function isTensor4D(tensor: tf.Tensor): tensor is tf.Tensor4D {
  return tensor.rank === 4;
}

function isTensor2D(tensor: tf.Tensor): tensor is tf.Tensor2D {
  return tensor.rank === 2;
}

/** An input with four dimensions. */
export function input4d(inputs: NamedTensors, name: string): tf.Tensor4D {
  const tensor = inputs[name];
  if (tensor === undefined || !isTensor4D(tensor)) throw new Error(`Input "${name}" has not four dimensions.`);
  return tensor;
}

/** An input with two dimensions. */
export function input2d(inputs: NamedTensors, name: string): tf.Tensor2D {
  const tensor = inputs[name];
  if (tensor === undefined || !isTensor2D(tensor)) throw new Error(`Input "${name}" has not two dimensions.`);
  return tensor;
}
