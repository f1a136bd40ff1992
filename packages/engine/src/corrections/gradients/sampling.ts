import * as tf from '@tensorflow/tfjs';
import type { KernelAttributes } from '../../kernel-attributes.js';
import { rotationSources } from '../../rotation.js';
import { noGradient } from './kernel-gradient.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';

type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/** Each pixel of dy goes back to the one that it was taken from. */
function rotated({ dy, attributes }: BackwardCall): Gradients {
  return {
    image: () => {
      const [batch, height, width, channels] = dy.shape;
      const pixels = height * width;
      const sources = Array.from(rotationSources(attributes, dy.shape), (source) => [source < 0 ? pixels : source]);
      const rows = tf.transpose(tf.reshape(dy, [batch, pixels, channels]), [1, 0, 2]);
      const sums = tf.scatterND(tf.tensor2d(sources, [pixels, 1], 'int32'), rows, [pixels + 1, batch, channels]);
      return tf.reshape(tf.transpose(tf.slice(sums, 0, pixels), [1, 0, 2]), dy.shape);
    },
  };
}

/** How the places of a crop along one axis lie on the image. */
interface Axis {
  /** What each row of the image gives to each row of the crop: `[boxes, crop, length]`. */
  readonly weights: tf.Tensor;
  /** How those weights change when a place moves: `[boxes, crop, length]`. */
  readonly slopes: tf.Tensor;
  /** How a place moves with the first and the second side of its box: `[crop]`. */
  readonly sides: readonly [tf.Tensor, tf.Tensor];
}

/** From one side of each box (`[boxes]`, 0 the first row and 1 the last) to the other in equal steps; the middle for a crop of one. */
function axisOf(method: string, first: tf.Tensor, second: tf.Tensor, length: number, crop: number): Axis {
  const last = length - 1;
  const shares = Array.from({ length: crop }, (_, index) => (crop > 1 ? index / (crop - 1) : 0.5));
  const steps = tf.tensor1d(crop > 1 ? shares.map((_, index) => index) : [0.5]);
  const step = tf.div(tf.mul(tf.sub(second, first), last), Math.max(1, crop - 1));
  const places = tf.add(tf.mul(tf.expandDims(first, 1), last), tf.mul(tf.expandDims(step, 1), steps));
  const inside = tf.expandDims(tf.logicalAnd(tf.greaterEqual(places, 0), tf.lessEqual(places, last)), 2);
  const rows = tf.range(0, length);
  const at = (place: tf.Tensor) => tf.cast(tf.logicalAnd(tf.equal(tf.expandDims(place, 2), rows), inside), 'float32');
  const sides: Axis['sides'] = [
    tf.tensor1d(shares.map((share) => (1 - share) * last)),
    tf.tensor1d(shares.map((share) => share * last)),
  ];
  if (method === 'nearest') {
    const weights = at(tf.floor(tf.add(places, 0.5)));
    return { weights, slopes: tf.zerosLike(weights), sides };
  }
  const above = tf.floor(places);
  const share = tf.expandDims(tf.sub(places, above), 2);
  const [from, to] = [at(above), at(tf.ceil(places))];
  return { weights: tf.add(from, tf.mul(tf.sub(to, from), share)), slopes: tf.sub(to, from), sides };
}

function axesOf(boxes: tf.Tensor, image: tf.Tensor, attributes: KernelAttributes): readonly [Axis, Axis] {
  const [top, left, bottom, right] = tf.unstack(boxes, 1);
  const [, height = 0, width = 0] = image.shape;
  const [rows, columns] = attributes.pair('cropSize');
  const method = attributes.text('method');
  return [axisOf(method, top, bottom, height, rows), axisOf(method, left, right, width, columns)];
}

/**
 * A crop is a product with weights along either axis, so that its gradients are products too. n boxes, h x w pixels,
 * r x q pixels of a crop, c channels. As in TensorFlow, places outside of the image have no gradient, and a place that
 * lies on a pixel does not move.
 */
function cropped({ dy, saved: [image, boxes, owners], attributes }: BackwardCall): Gradients {
  const batch = image.shape[0];
  return {
    image: () => {
      const [vertical, horizontal] = axesOf(boxes, image, attributes);
      const rows = tf.einsum('nrh,nrqc->nhqc', vertical.weights, dy);
      const pixels = tf.einsum('nqw,nhqc->nhwc', horizontal.weights, rows);
      return tf.unsortedSegmentSum(pixels, tf.reshape<tf.Rank.R1>(tf.cast(owners, 'int32'), [-1]), batch);
    },
    boxes: () => {
      const [vertical, horizontal] = axesOf(boxes, image, attributes);
      const known = tf.less(owners, batch);
      const owned = tf.where(known, owners, tf.zerosLike(owners));
      const given = tf.mul(dy, tf.reshape(tf.cast(known, 'float32'), [-1, 1, 1, 1]));
      const pictures = tf.cast(tf.gather(image, tf.cast(owned, 'int32')), 'float32');
      const across = tf.einsum('nqw,nhwc->nhqc', horizontal.weights, pictures);
      const down = tf.einsum('nrh,nhwc->nrwc', vertical.weights, pictures);
      const moved = tf.sum(tf.mul(given, tf.einsum('nrh,nhqc->nrqc', vertical.slopes, across)), [2, 3]);
      const shifted = tf.sum(tf.mul(given, tf.einsum('nqw,nrwc->nrqc', horizontal.slopes, down)), [1, 3]);
      const [top, bottom] = vertical.sides.map((side) => tf.sum(tf.mul(moved, side), 1));
      const [left, right] = horizontal.sides.map((side) => tf.sum(tf.mul(shifted, side), 1));
      return tf.stack([top, left, bottom, right], 1);
    },
    boxInd: noGradient(owners),
  };
}

/** TensorFlow.js has none for these. */
export const samplingGradients: GradientTable = {
  CropAndResize: { inputs: ['image', 'boxes', 'boxInd'], gradient: cropped },
  RotateWithOffset: { gradient: rotated },
};
