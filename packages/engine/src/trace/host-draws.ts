import * as tf from '@tensorflow/tfjs';
import { UnsupportedProgramError } from '../errors.js';

const DRAWING_OPS = new Set([
  'tf.dropout',
  'tf.multinomial',
  'tf.rand',
  'tf.randomGamma',
  'tf.randomNormal',
  'tf.randomStandardNormal',
  'tf.randomUniform',
  'tf.randomUniformInt',
  'tf.truncatedNormal',
]);

/** Refuses a table that a random op of TensorFlow.js drew on the host: it would be the same at every run. */
export function refuseHostDraws(op: string): void {
  if (DRAWING_OPS.has(op)) throw hostDrawRefusal(op);
}

/** Runs a function during which `Math.random` refuses to draw. */
export function withoutHostRandomness<T>(work: () => T): T {
  const random = Math.random;
  Math.random = () => {
    const name = tf.engine().state.activeScope?.name;
    const op = name?.endsWith('__op') ? `tf.${name.slice(0, -'__op'.length)}` : 'Math.random';
    throw hostDrawRefusal(op);
  };
  try {
    return work();
  } finally {
    Math.random = random;
  }
}

function hostDrawRefusal(op: string): UnsupportedProgramError {
  return new UnsupportedProgramError(
    op,
    'it draws random numbers on the host while the program is recorded, so that every run would see the same ones',
    'Use the keyed draws (keyedUniform, or uniform, normal, bernoulli and dropout of the SDK) with a key that is an input.',
  );
}
