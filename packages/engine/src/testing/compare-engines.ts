import type { Engine, NamedValues, Program, TensorValue } from '../engine.js';
import { createEngine } from '../create-engine.js';
import { testedEngine } from './tested-engine.js';

/** Largest difference of two values, relative to the largest magnitude of the first (at least `least`). */
export function relativeError(expected: TensorValue, received: TensorValue, least = 1e-3): number {
  let [difference, magnitude] = [0, least];
  expected.data.forEach((value, index) => {
    const other = received.data[index] ?? NaN;
    magnitude = Math.max(magnitude, Number.isFinite(value) ? Math.abs(value) : 0);
    if (Object.is(value, other) || (Number.isNaN(value) && Number.isNaN(other))) return;
    difference = Number.isNaN(value - other) ? Infinity : Math.max(difference, Math.abs(value - other));
  });
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
