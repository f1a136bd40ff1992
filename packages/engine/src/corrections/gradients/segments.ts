import * as tf from '@tensorflow/tfjs';
import { noGradient } from './kernel-gradient.js';

/** TensorFlow.js fails where the numbers of segments were computed from what is differentiated: whole numbers, whose gradient is 0. */
export function registerGradientOfSegments(): void {
  const former = tf.getGradient('UnsortedSegmentSum');
  tf.registerGradient({
    ...former,
    gradFunc: (dy, saved, attributes) => ({
      ...former.gradFunc(dy, saved, attributes),
      segmentIds: noGradient(saved[0]),
    }),
  });
}
