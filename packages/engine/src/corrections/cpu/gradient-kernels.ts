import * as tf from '@tensorflow/tfjs';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { interpolationMatrix } from '../../graph/interpolation.js';
import { averageCorrection } from '../../graph/window-coverage.js';
import { KernelAttributes } from '../../kernel-attributes.js';
import { sizeOf } from '../../tensor-value.js';
import { paddingOf, volumePaddingOf } from '../padding.js';
import { replaceKernel, tensorOf, valuesOf } from './replace-kernel.js';
import type { Values } from './replace-kernel.js';

/**
 * Replaces the kernels of TensorFlow.js's CPU backend that compute wrong gradients: those of average pooling where a window
 * reaches into the padding, and those of resizing, which are right for squares or batches of one only.
 */
export function correctGradientKernels(): void {
  replaceKernel('AvgPoolGrad', (former) => weighed(former, planeCorrection));
  replaceKernel('AvgPool3DGrad', (former) => weighed(former, volumeCorrection));
  replaceKernel('ResizeBilinearGrad', () => resizeGradient('bilinear'));
  replaceKernel('ResizeNearestNeighborGrad', () => resizeGradient('nearest'));
}

type Correction = (attributes: KernelAttributes, input: TensorInfo) => Float32Array;

/** The former kernel on dy times the correction of each place. */
function weighed(former: KernelFunc, correction: Correction): KernelFunc {
  return (call) => {
    const { dy, input } = call.inputs;
    if (dy === undefined || input === undefined) throw new Error('The gradient of a pooling takes dy and its input');
    const table = correction(new KernelAttributes('AvgPoolGrad', call.attrs ?? {}), input);
    const channels = dy.shape.at(-1) ?? 1;
    const values = Float32Array.from(
      valuesOf(dy),
      (value, index) => value * table[Math.floor(index / channels) % table.length],
    );
    const scaled = tensorOf(values, dy.shape, 'float32');
    const result = former({ ...call, inputs: { ...call.inputs, dy: scaled } });
    tf.engine().backend.disposeData(scaled.dataId);
    return result;
  };
}

const planeCorrection: Correction = (attributes, { shape }) => {
  const [batch, height, width, channels] = shape;
  const [rows, columns] = attributes.pair('filterSize');
  const strides = attributes.pair('strides', 1);
  const info = tf.backend_util.computePool2DInfo(
    [batch, height, width, channels],
    [rows, columns],
    [...strides],
    1,
    paddingOf(attributes),
    roundingOf(attributes),
  );
  return averageCorrection([
    { length: height, kernel: rows, stride: strides[0], before: info.padInfo.top, size: info.outHeight },
    { length: width, kernel: columns, stride: strides[1], before: info.padInfo.left, size: info.outWidth },
  ]);
};

const volumeCorrection: Correction = (attributes, { shape }) => {
  const [batch, depth, height, width, channels] = shape;
  const [kernel, strides] = [attributes.triple('filterSize'), attributes.triple('strides', 1)];
  const info = tf.backend_util.computePool3DInfo(
    [batch, depth, height, width, channels],
    [...kernel],
    [...strides],
    1,
    volumePaddingOf(attributes),
    roundingOf(attributes),
  );
  return averageCorrection([
    { length: depth, kernel: kernel[0], stride: strides[0], before: info.padInfo.front, size: info.outDepth },
    { length: height, kernel: kernel[1], stride: strides[1], before: info.padInfo.top, size: info.outHeight },
    { length: width, kernel: kernel[2], stride: strides[2], before: info.padInfo.left, size: info.outWidth },
  ]);
};

function roundingOf(attributes: KernelAttributes): 'floor' | 'round' | 'ceil' | undefined {
  const mode = attributes.raw('dimRoundingMode');
  return mode === 'floor' || mode === 'round' || mode === 'ceil' ? mode : undefined;
}

/** Each row and column of dy goes back to those that it was mixed from. */
function resizeGradient(method: 'bilinear' | 'nearest'): KernelFunc {
  return ({ inputs, attrs }) => {
    const { images, dy } = inputs;
    if (images === undefined || dy === undefined) throw new Error('The gradient of resizing takes images and dy');
    const attributes = new KernelAttributes('ResizeGrad', attrs ?? {});
    const flags = {
      alignCorners: attributes.flag('alignCorners'),
      halfPixelCenters: attributes.flag('halfPixelCenters'),
    };
    const [batch, height, width, channels] = images.shape;
    const [, rows, columns] = dy.shape;
    const vertical = interpolationMatrix(method, flags, height, rows);
    const horizontal = interpolationMatrix(method, flags, width, columns);
    const tall = mix(valuesOf(dy), vertical, [batch, height, rows, columns * channels]);
    const whole = mix(tall, horizontal, [batch * height, width, columns, channels]);
    return tensorOf(whole, images.shape, 'float32');
  };
}

/** `[outer, from, inner]` -> `[outer, to, inner]` by a matrix `[to, from]`. */
function mix(
  values: Values,
  matrix: Float32Array,
  [outer, to, from, inner]: readonly [number, number, number, number],
): Float32Array {
  const result = new Float32Array(sizeOf([outer, to, inner]));
  for (let block = 0; block < outer; block++) {
    for (let target = 0; target < to; target++) {
      for (let source = 0; source < from; source++) {
        const weight = matrix[target * from + source];
        if (weight === 0) continue;
        const [write, read] = [(block * to + target) * inner, (block * from + source) * inner];
        for (let index = 0; index < inner; index++) result[write + index] += weight * values[read + index];
      }
    }
  }
  return result;
}
