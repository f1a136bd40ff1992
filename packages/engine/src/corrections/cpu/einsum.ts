import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { KernelAttributes } from '../../kernel-attributes.js';
import { sizeOf } from '../../tensor-value.js';
import { tensorOf, valuesOf } from './replace-kernel.js';

/** Evaluates an equation by its definition: for each place of the result, a sum over the letters that it lacks. */
export const einsum: KernelFunc = ({ inputs, attrs }) => {
  const equation = new KernelAttributes('Einsum', attrs ?? {}).text('equation').replace(/\s/g, '');
  const [left, right] = equation.split('->');
  const terms = left.split(',');
  const operands = Object.values(inputs).flatMap((tensor) => (tensor === undefined ? [] : [tensor]));
  const extents = new Map<string, number>();
  operands.forEach(({ shape }, index) => shape.forEach((extent, axis) => extents.set(terms[index][axis], extent)));
  const letters = [...right, ...[...extents.keys()].filter((letter) => !right.includes(letter))];
  const lengths = letters.map((letter) => extents.get(letter) ?? 1);
  const shape = lengths.slice(0, right.length);
  const parts = operands.map((operand, index) => ({
    values: valuesOf(operand),
    steps: stepsOf(operand, terms[index], letters),
  }));
  const whole = operands.every(({ dtype }) => dtype !== 'float32');
  const result = whole ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
  const summed = sizeOf(lengths.slice(right.length));
  const places = new Array<number>(letters.length).fill(0);
  for (let index = 0; index < result.length; index++) {
    let total = 0;
    for (let term = 0; term < summed; term++) {
      placesOf(index * summed + term, lengths, places);
      total += parts.reduce((product, { values, steps }) => product * values[offset(places, steps)], 1);
    }
    result[index] = total;
  }
  return tensorOf(result, shape, whole ? 'int32' : 'float32');
};

/** How far one step along each letter moves in an operand; 0 for a letter that it lacks. */
function stepsOf({ shape }: TensorInfo, term: string, letters: readonly string[]): readonly number[] {
  return letters.map((letter) => {
    const axis = term.indexOf(letter);
    return axis < 0 ? 0 : sizeOf(shape.slice(axis + 1));
  });
}

function placesOf(index: number, lengths: readonly number[], places: number[]): void {
  let rest = index;
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    places[axis] = rest % lengths[axis];
    rest = Math.floor(rest / lengths[axis]);
  }
}

function offset(places: readonly number[], steps: readonly number[]): number {
  return places.reduce((sum, place, axis) => sum + place * steps[axis], 0);
}
