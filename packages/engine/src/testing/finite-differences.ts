import * as tf from '@tensorflow/tfjs';
import type { NamedValues } from '../engine.js';
import { withBackend } from '../with-backend.js';
import type { OpCase } from './check-op.js';
import { lossOfCase } from './check-op.js';

/** Half the distance of the two inner points of a difference. */
const REACH = 0.01;

/** Elements of each input that are moved; all of them when there are no more. */
const ELEMENTS = 10;

/**
 * The largest error of gradients against differences of the case's loss, computed forward only, on TensorFlow.js's CPU
 * backend, in four points for each element; relative to the largest gradient (at least 0.1).
 * @param gradients as `programOfCase` names them: `g0`, `g1`, ... for the float32 inputs
 */
export function differenceError(op: OpCase, gradients: NamedValues): number {
  const floats = op.inputs.flatMap((value, index) => (value.dtype === 'float32' ? [index] : []));
  return Math.max(
    0,
    ...floats.map((input, order) => {
      const received = gradients[`g${order}`];
      const data = Array.from(received.data);
      const magnitude = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0.1);
      const places = placesOf(data.length);
      const errors = places.map((place) => Math.abs(slopeAt(op, input, place) - data[place]) / magnitude);
      return errors.some(Number.isNaN) ? Infinity : Math.max(0, ...errors);
    }),
  );
}

/** Spread evenly over the elements. */
function placesOf(length: number): readonly number[] {
  const count = Math.min(length, ELEMENTS);
  return Array.from({ length: count }, (_, index) => Math.floor((index * length) / count));
}

function slopeAt(op: OpCase, input: number, place: number): number {
  const at = (step: number): number => {
    const inputs = op.inputs.map((value, index) => {
      if (index !== input) return value;
      const data = Float32Array.from(value.data);
      data[place] += step;
      return { ...value, data };
    });
    return withBackend('cpu', () =>
      lossOfCase(
        op,
        inputs.map(({ data, shape, dtype }) => tf.tensor(data, [...shape], dtype)),
      ),
    );
  };
  // The steps as float32 has them would differ by 1e-5 of their length, which is below the tolerance.
  return (8 * (at(REACH) - at(-REACH)) - (at(2 * REACH) - at(-2 * REACH))) / (12 * REACH);
}
