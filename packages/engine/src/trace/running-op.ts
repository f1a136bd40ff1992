import * as tf from '@tensorflow/tfjs';

/** The TensorFlow.js op that is running, as its author would write it: `tf.conv2d`; undefined outside of any. */
export function runningOp(): string | undefined {
  const name = tf.engine().state.activeScope?.name;
  return name?.endsWith('__op') ? `tf.${name.slice(0, -'__op'.length)}` : undefined;
}
