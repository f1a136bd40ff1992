import * as tf from '@tensorflow/tfjs';
import type { TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import { sameShape, sizeOf } from '../tensor-value.js';
import { drawUniform } from './keyed-hash.js';

/** The name of the kernel behind {@link keyedUniform}, registered for each backend that an engine uses. */
export const KEYED_UNIFORM_KERNEL = 'KeyedUniform';

/** What the kernel needs to know besides its key. */
export interface KeyedUniformAttributes {
  readonly salt: number;
  readonly shape: readonly number[];
}

/** Reads the attributes of a kernel call. */
export function keyedUniformAttributes(attributes: object | undefined): KeyedUniformAttributes {
  const salt: unknown = attributes && 'salt' in attributes ? attributes.salt : undefined;
  const shape: unknown = attributes && 'shape' in attributes ? attributes.shape : undefined;
  if (typeof salt !== 'number' || !Array.isArray(shape)) {
    throw new EngineError(`${KEYED_UNIFORM_KERNEL} needs a salt and a shape.`);
  }
  return { salt, shape: shape.map(Number) };
}

/**
 * Uniform draws in `[0, 1)` that depend on nothing but the key, the salt and the element's position: the very same
 * float32 bits on every engine, at every run and after a resume. They have no gradient.
 * @param key int32[2], an input or state of the program: what changes from step to step
 * @param salt a whole number that tells the places of a program apart
 */
export function keyedUniform(key: tf.Tensor, salt: number, shape: readonly number[]): tf.Tensor {
  if (key.dtype !== 'int32' || !sameShape(key.shape, [2])) {
    throw new EngineError(`keyedUniform takes a key int32[2]; it received ${key.dtype}[${key.shape.join(',')}].`);
  }
  if (!Number.isInteger(salt)) throw new EngineError(`keyedUniform takes a whole number as salt; it received ${salt}.`);
  return tf.engine().runKernel<tf.Tensor>(KEYED_UNIFORM_KERNEL, { key }, { salt: salt | 0, shape: [...shape] });
}

/** Registers the kernel for a backend that computes on the host. */
export function registerKeyedUniform(backendName: string): void {
  if (tf.getKernel(KEYED_UNIFORM_KERNEL, backendName)) return;
  tf.registerKernel({
    kernelName: KEYED_UNIFORM_KERNEL,
    backendName,
    kernelFunc: ({ inputs, attrs }): TensorInfo => {
      const { salt, shape } = keyedUniformAttributes(attrs);
      const { key } = inputs;
      if (key === undefined) throw new EngineError(`${KEYED_UNIFORM_KERNEL} needs a key.`);
      const bits = tf.engine().readSync(key.dataId);
      if (!(bits instanceof Int32Array)) throw new EngineError(`${KEYED_UNIFORM_KERNEL} needs an int32 key.`);
      const draws = drawUniform(bits, salt, sizeOf(shape));
      return { dataId: tf.engine().backend.write(draws, [...shape], 'float32'), shape: [...shape], dtype: 'float32' };
    },
  });
}

registerKeyedUniform('cpu');
