import * as tf from '@tensorflow/tfjs';
import { keyedUniform } from '@query2label/engine';
import type { KeyedRandom } from '../contracts/index.js';

/** FNV-1a hash of a layer's name, 32 bits: tells the places of a program apart. */
function saltOf(layer: string): number {
  return new TextEncoder().encode(layer).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5 | 0);
}

/**
 * Random draws of one program.
 * @param key int32 `[2]`, an input of the program (`keyValue(keyOf(seed, 'step', step))`); may be left out where nothing is drawn
 * @param training whether dropout is active
 */
export function createKeyedRandom(key: tf.Tensor | undefined, training: boolean): KeyedRandom {
  const layerOfSalt = new Map<number, string>();

  const uniform = (layer: string, shape: readonly number[]): tf.Tensor => {
    if (key === undefined) {
      throw new Error(
        `Layer "${layer}" draws random numbers, but the program has no key. Create the forward scope with one.`,
      );
    }
    const salt = saltOf(layer);
    const other = layerOfSalt.get(salt);
    if (other !== undefined) {
      throw new Error(
        `Layer "${layer}" draws the numbers that "${other}" drew already. Give each draw of a program its own name.`,
      );
    }
    layerOfSalt.set(salt, layer);
    return keyedUniform(key, salt, shape);
  };

  const bernoulli = (layer: string, shape: readonly number[], probability: number): tf.Tensor =>
    tf.cast(tf.less(uniform(layer, shape), probability), 'float32');

  return {
    uniform,
    bernoulli,
    normal: (layer, shape) => {
      const radius = tf.sqrt(tf.mul(tf.log(tf.sub(1, uniform(`${layer}/radius`, shape))), -2));
      return tf.mul(radius, tf.cos(tf.mul(uniform(`${layer}/angle`, shape), 2 * Math.PI)));
    },
    dropout: <T extends tf.Tensor>(layer: string, x: T, rate: number): T => {
      if (!(rate >= 0 && rate < 1)) {
        throw new RangeError(`Layer "${layer}": a dropout rate is at least 0 and below 1; received ${rate}.`);
      }
      if (!training || rate === 0) return x;
      const kept = bernoulli(layer, x.shape, 1 - rate);
      return tf.mul<T>(x, tf.mul(kept, 1 / (1 - rate)));
    },
  };
}
