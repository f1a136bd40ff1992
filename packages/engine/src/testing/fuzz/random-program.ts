import * as tf from '@tensorflow/tfjs';
import type { OpCase } from '../check-op.js';
import { Draws } from '../random/draws.js';
import { STEPS } from './steps.js';
import type { Made } from './steps.js';

/** A random program and how to write it down. */
export interface RandomProgram {
  readonly op: OpCase;
  /** The program in TensorFlow.js, one op a line. */
  readonly source: string;
}

/** Elements that a value of a random program may have. */
const LARGEST = 600;

/**
 * Draws a program: up to four inputs, then ops on what is there, each on values of the right rank. All values that nothing
 * uses are results. The same seed gives the same program.
 */
export function randomProgram(seed: number): RandomProgram {
  const draws = new Draws(seed * 104729 + 13);
  const inputs = Array.from({ length: draws.integer(1, 3) }, () =>
    draws.floats(draws.shape({ rank: [1, 4], extent: [1, 4], empty: false }), -1.5, 1.5),
  );
  const chosen: Made[] = [];
  const shapes = inputs.map(({ shape }) => [...shape]);
  const used = new Set<number>();
  const count = draws.integer(3, 12);
  while (chosen.length < count) {
    const made = draws.pick(STEPS)(draws, shapes);
    if (made === undefined || made.shape.reduce((a, b) => a * b, 1) > LARGEST) continue;
    made.from.forEach((index) => used.add(index));
    chosen.push(made);
    shapes.push(made.shape);
  }
  const results = shapes.flatMap((_, index) => (used.has(index) || index < inputs.length ? [] : [index]));
  const unused = inputs.flatMap((_, index) => (used.has(index) ? [] : [index]));
  const op = (...tensors: tf.Tensor[]): tf.Tensor[] => {
    const values = [...tensors];
    for (const { from, run } of chosen) values.push(run(...from.map((index) => values[index])));
    // Inputs that no op drew are results as well: each has a gradient.
    return [...results.map((index) => values[index]), ...unused.map((index) => tf.mul(values[index], 2))];
  };
  const name = (index: number) => (index < inputs.length ? `x${index}` : `v${index}`);
  const lines = [
    ...inputs.map(({ shape }, index) => `const x${index} = input([${shape.join(', ')}]);`),
    ...chosen.map(({ from, write }, index) => `const v${inputs.length + index} = ${write(...from.map(name))};`),
    `return [${results.map(name).join(', ')}];`,
  ];
  return { op: { name: `program ${seed}`, inputs, op, tolerance: 2e-4 }, source: lines.join('\n') };
}
