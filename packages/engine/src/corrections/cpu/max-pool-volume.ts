import * as tf from '@tensorflow/tfjs';
import type { KernelFunc } from '@tensorflow/tfjs';
import { KernelAttributes } from '../../kernel-attributes.js';
import { sizeOf } from '../../tensor-value.js';
import { volumePaddingOf } from '../padding.js';
import { replaceKernel, tensorOf, valuesOf } from './replace-kernel.js';

/** Adds each dy to the first maximum of its window; TensorFlow.js finds the wrong one in windows that are not as wide as high. */
const gradient: KernelFunc = ({ inputs, attrs }) => {
  const { dy, input } = inputs;
  if (dy === undefined || input === undefined) throw new Error('The gradient of a pooling takes dy and its input');
  const attributes = new KernelAttributes('MaxPool3DGrad', attrs ?? {});
  const [batch, depth, height, width, channels] = input.shape;
  const [kernel, strides] = [attributes.triple('filterSize'), attributes.triple('strides', 1)];
  const { padInfo } = tf.backend_util.computePool3DInfo(
    [batch, depth, height, width, channels],
    [...kernel],
    [...strides],
    1,
    volumePaddingOf(attributes),
  );
  const before = [padInfo.front, padInfo.top, padInfo.left];
  const [x, slopes] = [valuesOf(input), valuesOf(dy)];
  const result = new Float32Array(sizeOf(input.shape));
  const [, ...windows] = dy.shape;
  const range = (axis: number, window: number, length: number): readonly [number, number] => {
    const begin = window * strides[axis] - before[axis];
    return [Math.max(0, begin), Math.min(length, begin + kernel[axis])];
  };
  slopes.forEach((slope, index) => {
    const channel = index % channels;
    const column = Math.floor(index / channels) % windows[2];
    const row = Math.floor(index / (channels * windows[2])) % windows[1];
    const slice = Math.floor(index / (channels * windows[2] * windows[1])) % windows[0];
    const image = Math.floor(index / sizeOf(windows));
    const [slices, rows, columns] = [range(0, slice, depth), range(1, row, height), range(2, column, width)];
    let best = -1;
    for (let z = slices[0]; z < slices[1]; z++) {
      for (let y = rows[0]; y < rows[1]; y++) {
        for (let place = columns[0]; place < columns[1]; place++) {
          const candidate = (((image * depth + z) * height + y) * width + place) * channels + channel;
          if (best < 0 || x[candidate] > x[best]) best = candidate;
        }
      }
    }
    if (best >= 0) result[best] += slope;
  });
  return tensorOf(result, input.shape, 'float32');
};

export function correctMaxPoolOfVolumes(): void {
  replaceKernel('MaxPool3DGrad', () => gradient);
}
