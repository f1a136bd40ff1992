import type { Engine, NamedValues, Program, TensorValue } from '../engine.js';
import { createEngine } from '../create-engine.js';
import { testedEngine } from './tested-engine.js';

/** Largest difference of two values, relative to the largest magnitude of the first (at least `least`). */
export function relativeError(expected: TensorValue, received: TensorValue, least = 1e-3): number {
  let [difference, magnitude] = [0, least];
  // A loop: a function called for each of some million elements takes seconds where jest runs it.
  for (let index = 0; index < expected.data.length; index++) {
    const [value, other] = [expected.data[index] ?? NaN, received.data[index] ?? NaN];
    const size = Math.abs(value);
    if (size > magnitude && size !== Infinity) magnitude = size;
    if (value === other || (Number.isNaN(value) && Number.isNaN(other))) continue;
    const distance = Math.abs(value - other);
    if (!(distance <= difference)) difference = Number.isNaN(distance) ? Infinity : distance;
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
