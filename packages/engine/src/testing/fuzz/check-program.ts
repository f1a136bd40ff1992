import type { NamedValues } from '../../engine.js';
import { inputsOfCase, programOfCase } from '../check-op.js';
import { relativeError } from '../compare-engines.js';
import type { EngineComparison } from '../compare-engines.js';
import { randomProgram } from './random-program.js';

/** Largest error of a random program: rounding adds up over a dozen ops and their gradients. */
const TOLERANCE = 2e-4;

/** Magnitude that errors are relative to at least: what cancels leaves the rounding of its parts. */
const LEAST = 0.1;

/** Runs a random program on both engines; says what differs, and the program, or undefined when nothing does. */
export async function checkProgram(engines: EngineComparison, seed: number): Promise<string | undefined> {
  const { op, source } = randomProgram(seed);
  const again = `Again: npm run engine:fuzz -- --programs 1 --seed ${seed}`;
  try {
    const error = errorOf(...(await engines.outputs(programOfCase(op), inputsOfCase(op))));
    if (error <= TOLERANCE) return undefined;
    return `Program ${seed}: the engines differ by ${error}.\n${source}\n${again}`;
  } catch (cause) {
    return `Program ${seed}: ${String(cause)}\n${source}\n${again}`;
  }
}

function errorOf(expected: NamedValues, received: NamedValues): number {
  const same = Object.entries(expected).every(([name, { dtype, shape }]) => {
    const other = received[name];
    return other?.dtype === dtype && other.shape.join() === shape.join();
  });
  if (!same || Object.keys(expected).length !== Object.keys(received).length) return Infinity;
  return Math.max(...Object.entries(expected).map(([name, value]) => relativeError(value, received[name], LEAST)));
}
