import { afterAll, describe, expect, it } from '@jest/globals';
import { inputsOfCase, programOfCase } from './check-op.js';
import type { OpCase } from './check-op.js';
import { EngineComparison } from './compare-engines.js';

/** A suite that compares each op, compiled, with the reference engine, forward and gradient. */
export function describeOps(title: string, cases: readonly OpCase[]): void {
  describe(title, () => {
    const engines = new EngineComparison();
    afterAll(() => engines.dispose());

    it.each(cases.map((op) => [op.name, op] as const))('%s', async (_, op) => {
      const error = await engines.error(programOfCase(op), inputsOfCase(op));
      expect(error).toBeLessThanOrEqual(op.tolerance ?? 2e-5);
    });
  });
}
