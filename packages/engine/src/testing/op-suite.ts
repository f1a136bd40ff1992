import { afterAll, describe, expect, it } from '@jest/globals';
import { inputsOfCase, programOfCase } from './check-op.js';
import type { OpCase } from './check-op.js';
import { EngineComparison } from './compare-engines.js';
import { testedEngine } from './tested-engine.js';

const TOLERANCE = 2e-5;

/** WebGPU's shading language lets sines and cosines be wrong by 2^-11, and what is made of them. */
const LOOSE_ON_WEBGPU = /^a?(cos|sin|tan)\b/;
const WEBGPU_TOLERANCE = 2 ** -11;

/** A suite that compares each op, compiled, with the reference engine, forward and gradient. */
export function describeOps(title: string, cases: readonly OpCase[]): void {
  describe(title, () => {
    const engines = new EngineComparison();
    afterAll(() => engines.dispose());

    it.each(cases.map((op) => [op.name, op] as const))('%s', async (_, op) => {
      const error = await engines.error(programOfCase(op), inputsOfCase(op));
      expect(error).toBeLessThanOrEqual(toleranceOf(op));
    });
  });
}

function toleranceOf({ name, tolerance = TOLERANCE }: OpCase): number {
  const loose = testedEngine().executionProviders.includes('webgpu') && LOOSE_ON_WEBGPU.test(name);
  return loose ? Math.max(tolerance, WEBGPU_TOLERANCE) : tolerance;
}
