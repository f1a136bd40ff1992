import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { normaliseRows } from './normalise-rows.js';

const EPSILON = 1e-5;

/** The definition, whose gradients TensorFlow.js derives step by step. */
function plain(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, EPSILON))), weight), bias);
}

describe('normaliseRows', () => {
  it.each([[[2, 3, 5]], [[4, 8]], [[7]], [[2, 2, 3, 1]]])(
    'has values and gradients of the definition for %j',
    (shape) => {
      const width = shape[shape.length - 1];
      const [x, weights] = [tf.randomUniform(shape, -2, 3, 'float32', 1), tf.randomUniform(shape, -1, 1, 'float32', 2)];
      const weight = tf.randomUniform([width], 0.5, 2, 'float32', 3);
      const bias = tf.randomUniform([width], -1, 1, 'float32', 4);
      const outcome = (layer: typeof plain) => {
        const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) =>
          tf.sum(tf.mul(layer(given[0], given[1], given[2]), weights)),
        )([x, weight, bias]);
        return [value, layer(x, weight, bias), ...grads];
      };
      const expected = outcome(plain);
      const received = outcome((...given) => normaliseRows(...given, EPSILON));
      received.forEach((tensor, index) => {
        expect(tensor.shape).toEqual(expected[index].shape);
        const errors = tf.abs(tf.sub(tensor, expected[index]));
        expect(tf.max(errors).dataSync()[0]).toBeLessThan(1e-5 * (1 + tf.max(tf.abs(expected[index])).dataSync()[0]));
      });
    },
  );

  it('has gradients of its gradients, also where all it is given was computed', () => {
    const given = [tf.randomUniform([3, 4], -2, 3, 'float32', 5), tf.randomUniform([4], 0.5, 2, 'float32', 6)];
    const slopes = (layer: typeof plain) =>
      tf.grads((x: tf.Tensor, weight: tf.Tensor) => {
        const inner = tf.grads((a: tf.Tensor, b: tf.Tensor) => {
          const y = layer(tf.tanh(a), tf.square(b), tf.zeros([4]));
          return tf.sum(tf.mul(tf.square(y), y));
        })([x, weight]);
        return tf.addN(inner.map((gradient) => tf.sum(tf.square(gradient))));
      })(given);
    const expected = slopes(plain);
    slopes((...layer) => normaliseRows(...layer, EPSILON)).forEach((tensor, index) => {
      const size = tf.max(tf.abs(expected[index])).dataSync()[0];
      expect(tf.max(tf.abs(tf.sub(tensor, expected[index]))).dataSync()[0]).toBeLessThan(1e-4 * (1 + size));
    });
  });

  it('leaves no tensors behind', () => {
    const [x, weight, bias] = [tf.ones([2, 4]), tf.ones([4]), tf.zeros([4])];
    const before = tf.memory().numTensors;
    tf.dispose(
      tf.grads((...given: tf.Tensor[]) => tf.sum(normaliseRows(given[0], given[1], given[2], EPSILON)))([
        x,
        weight,
        bias,
      ]),
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
