import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { UnsupportedProgramError } from '../errors.js';
import { runningOp } from './running-op.js';

type Refuse = () => never;

/** Ops of TensorFlow.js that draw a table on the host. */
const DRAWING_OPS = new Set([
  'tf.dropout',
  'tf.multinomial',
  'tf.rand',
  'tf.randomGamma',
  'tf.randomNormal',
  'tf.randomStandardNormal',
  'tf.randomUniform',
  'tf.randomUniformInt',
  'tf.truncatedNormal',
]);

/** Functions of `node:crypto` that draw; programs may have imported them by name. */
const CRYPTO_DRAWS = ['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID'] as const;

/** Refuses a table that a random op of TensorFlow.js drew on the host: it would be the same at every run. */
export function refuseHostDraws(op: string): void {
  if (DRAWING_OPS.has(op)) throw drawRefusal(op);
}

/**
 * Runs a synchronous function during which the host gives neither random numbers nor the time: a program that asks for
 * them is refused, since the answer would be compiled in. All is as it was afterwards, also after an error; nothing else
 * runs in between.
 */
export function withoutHostValues<T>(work: () => T): T {
  const restore = [...refusals()].map(([holder, name, refuse]) => replace(holder, name, refuse)).reverse();
  syncBuiltinESMExports();
  try {
    return work();
  } finally {
    for (const put of restore) put();
    syncBuiltinESMExports();
  }
}

/** What is refused: where it is, its name there, and what stands in its place. */
function* refusals(): Generator<[holder: object, name: string, refuse: Refuse | DateConstructor]> {
  yield [Math, 'random', refusingDraw('Math.random')];
  for (const name of ['getRandomValues', 'randomUUID']) {
    yield [globalThis.crypto, name, refusingDraw(`crypto.${name}`)];
  }
  for (const name of CRYPTO_DRAWS) yield [crypto, name, refusingDraw(`crypto.${name}`)];
  yield [performance, 'now', refusingClock('performance.now')];
  const hrtime = refusingClock('process.hrtime');
  yield [process, 'hrtime', Object.assign(hrtime, { bigint: refusingClock('process.hrtime.bigint') })];
  yield [Date, 'now', refusingClock('Date.now')];
  yield [globalThis, 'Date', datesOfKnownTimes(Date)];
}

/** `new Date(2026, 10, 25)` is a number like any other; `new Date()` and `Date()` read the clock. */
function datesOfKnownTimes(date: DateConstructor): DateConstructor {
  return new Proxy(date, {
    construct(target, given: unknown[], derived): Date {
      if (given.length === 0) throw clockRefusal('new Date()');
      const made: unknown = Reflect.construct(target, given, derived);
      if (made instanceof target) return made;
      throw new TypeError('Date did not make a date.');
    },
    apply: refusingClock('Date'),
  });
}

/** Puts a value in the place of a property; the function given back undoes it. A property that is locked stays. */
function replace(holder: object, name: string, value: unknown): () => void {
  const former = Object.getOwnPropertyDescriptor(holder, name);
  const enumerable = former?.enumerable ?? false;
  Reflect.defineProperty(holder, name, { value, enumerable, configurable: true, writable: true });
  return () => {
    if (former === undefined) Reflect.deleteProperty(holder, name);
    else Reflect.defineProperty(holder, name, former);
  };
}

function refusingDraw(name: string): Refuse {
  return () => {
    throw drawRefusal(runningOp() ?? name);
  };
}

function refusingClock(name: string): Refuse {
  return () => {
    throw clockRefusal(name);
  };
}

function drawRefusal(op: string): UnsupportedProgramError {
  return new UnsupportedProgramError(
    op,
    'it draws random numbers on the host while the program is recorded, so that every run would see the same ones',
    'Use the keyed draws (keyedUniform, or uniform, normal, bernoulli and dropout of the SDK) with a key that is an input.',
  );
}

function clockRefusal(name: string): UnsupportedProgramError {
  return new UnsupportedProgramError(
    name,
    'it reads the clock of the host while the program is recorded, so that every run would see the same time',
    'Make the time an input of the program and feed it at each run; measure and log outside of the program.',
  );
}
