/** A promise of the SDK that a component does not keep. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/** @throws ConformanceError with the message unless the condition holds */
export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceError(message);
}

/** One promise, checked by a function that throws when it is broken. */
export interface ConformanceCheck {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** A check without waiting, as the promise that {@link ConformanceCheck} asks for: what it throws rejects. */
export function immediate(check: () => void): () => Promise<void> {
  return () => Promise.resolve().then(check);
}

/** What the kit needs of a test framework; jest, vitest and `node:test` have it. */
export interface TestFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** Registers checks as tests of a framework. */
export function registerChecks(title: string, checks: readonly ConformanceCheck[], framework: TestFramework): void {
  framework.describe(title, () => {
    for (const { name, run } of checks) framework.it(name, run);
  });
}
