import type { Engine, NamedValues, Program, TensorValue } from '../engine.js';
import { createEngine } from '../create-engine.js';
import { testedEngine } from './tested-engine.js';

// Taken out of the global object once: jest looks globals up anew each time, which takes seconds for some million elements.
const { abs } = Math;
const { isNaN: isNotANumber, POSITIVE_INFINITY: INFINITE, NaN: MISSING } = Number;

/** Largest difference of two values, relative to the largest magnitude of the first (at least `least`). */
export function relativeError(expected: TensorValue, received: TensorValue, least = 1e-3): number {
  let difference = 0;
  let magnitude = least;
  for (let index = 0; index < expected.data.length; index++) {
    const value = expected.data[index] ?? MISSING;
    const other = received.data[index] ?? MISSING;
    const size = abs(value);
    if (size > magnitude && size !== INFINITE) magnitude = size;
    if (value === other || (isNotANumber(value) && isNotANumber(other))) continue;
    const distance = abs(value - other);
    if (!(distance <= difference)) difference = isNotANumber(distance) ? INFINITE : distance;
  }
  return difference / magnitude;
}

/** Runs a program once on the reference engine and on the tested one, and returns the outputs of both. */
export class EngineComparison {
  private readonly engines: Promise<readonly [Engine, Engine]> = Promise.all([
    createEngine({ engine: 'reference' }),
    createEngine(testedEngine()),
  ]);

  async outputs(
    program: Program,
    inputs: NamedValues,
    constants: NamedValues = {},
  ): Promise<readonly [NamedValues, NamedValues]> {
    const [expected, received] = await Promise.all(
      (await this.engines).map(async (engine) => {
        const specs = Object.fromEntries(
          Object.entries(inputs).map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
        );
        const executable = await engine.compile(program, { constants, state: {}, inputs: specs });
        try {
          return await executable.run(inputs);
        } finally {
          await executable.dispose();
        }
      }),
    );
    return [expected, received];
  }

  /** The largest relative error over all outputs; infinite if their names, shapes or types differ. */
  async error(program: Program, inputs: NamedValues, constants: NamedValues = {}): Promise<number> {
    const [expected, received] = await this.outputs(program, inputs, constants);
    const names = Object.keys(expected);
    if (names.join() !== Object.keys(received).join()) return Infinity;
    return Math.max(
      ...names.map((name) => {
        const [a, b] = [expected[name], received[name]];
        return a.dtype === b.dtype && a.shape.join() === b.shape.join() ? relativeError(a, b) : Infinity;
      }),
    );
  }

  async dispose(): Promise<void> {
    for (const engine of await this.engines) await engine.dispose();
  }
}
