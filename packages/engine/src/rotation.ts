import * as tf from '@tensorflow/tfjs';
import type { KernelAttributes } from './kernel-attributes.js';

/**
 * The pixel that each pixel of a rotated picture is taken from, both row by row; -1 where it lies outside.
 * @param attributes those of the kernel RotateWithOffset
 * @param shape `[batch, height, width, channels]`
 */
export function rotationSources(attributes: KernelAttributes, shape: readonly number[]): Int32Array {
  const [, height = 0, width = 0] = shape;
  const given = attributes.raw('center');
  const center: number | [number, number] = typeof given === 'number' ? given : [...attributes.pair('center', 0.5)];
  const [centerX, centerY] = tf.backend_util.getImageCenter(center, height, width);
  const [sine, cosine] = [Math.sin(attributes.number('radians')), Math.cos(attributes.number('radians'))];
  return Int32Array.from({ length: height * width }, (_, index) => {
    const [x, y] = [(index % width) - centerX, Math.floor(index / width) - centerY];
    const column = Math.round(x * cosine - y * sine + centerX);
    const row = Math.round(x * sine + y * cosine + centerY);
    return column >= 0 && column < width && row >= 0 && row < height ? row * width + column : -1;
  });
}
