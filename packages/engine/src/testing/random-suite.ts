import { afterAll, describe, expect, it } from '@jest/globals';
import { hasGradient, inputsOfCase, programOfCase } from './check-op.js';
import { EngineComparison } from './compare-engines.js';
import { differenceError } from './finite-differences.js';
import { DEFAULT_ROUNDS, caseOf } from './random/random-op.js';
import type { RandomOp } from './random/random-op.js';

/** Largest error between engines, relative to the largest magnitude of an output. */
const TOLERANCE = 5e-5;

/** Largest error of a gradient against finite differences in float32. */
const DIFFERENCE_TOLERANCE = 1e-2;

/** A suite that runs each op of a family on drawn inputs: compiled against the reference engine, and gradients against differences. */
export function describeRandomOps(title: string, family: readonly RandomOp[]): void {
  describe(`random ${title}`, () => {
    const engines = new EngineComparison();
    const rounds = Number(process.env['Q2L_ENGINE_ROUNDS'] ?? DEFAULT_ROUNDS);
    afterAll(() => engines.dispose());

    it.each(family.map((op) => [op.name, op] as const))('%s', async (_, random) => {
      const failures: string[] = [];
      for (let seed = 0; seed < rounds; seed++) {
        const op = caseOf(random, seed);
        try {
          const program = programOfCase(op);
          const error = await engines.error(program, inputsOfCase(op));
          if (!(error <= (op.tolerance ?? TOLERANCE))) failures.push(`${op.name}: the engines differ by ${error}`);
          if (!hasGradient(op) || op.differences === false) continue;
          const [expected] = await engines.outputs(program, inputsOfCase(op));
          const difference = differenceError(op, expected);
          if (!(difference <= DIFFERENCE_TOLERANCE))
            failures.push(`${op.name}: gradients differ from differences by ${difference}`);
        } catch (cause) {
          failures.push(`${op.name}: ${String(cause)}`);
        }
      }
      expect(failures).toEqual([]);
    });
  });
}
