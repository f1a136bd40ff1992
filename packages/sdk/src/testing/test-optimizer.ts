import * as tf from '@tensorflow/tfjs';
import type { NamedValues } from '@query2label/engine';
import type { BuiltOptimizer } from '../contracts/index.js';
import { ensureAllClose, ensureFinite } from './comparisons.js';
import { ensure, immediate } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';
import { descend, PARAMETERS, scalarValues, startValues } from './optimizer-laboratory.js';

const STATE_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const ENGINE_TOLERANCE = 1e-5;
const SHORT = { engine: 'onnxruntime', steps: 3, learningRate: 0.01 } as const;
const LONG = { engine: 'onnxruntime', steps: 100, learningRate: 0.01 } as const;

function squaredLength(values: NamedValues): number {
  return PARAMETERS.reduce(
    (sum, { name }) => sum + Array.from(values[name].data).reduce((inner, x) => inner + x * x, 0),
    0,
  );
}

function checkScalars(build: () => BuiltOptimizer): void {
  const [first, second] = [build(), build()];
  for (const step of [1, 2, 1000, 1_000_000]) {
    const scalars = scalarValues(first, step, 1e-3);
    Object.entries(scalars).forEach(([name, value]) => ensureFinite(`At step ${step}, "${name}"`, value));
    ensureAllClose(`Scalars of step ${step} of two builds`, scalarValues(second, step, 1e-3), scalars, 0);
  }
}

/** Runs one update eagerly: what it answers, and what it leaves behind. */
function checkUpdate(optimizer: BuiltOptimizer): void {
  const numbers = optimizer.scalars(1, { learningRate: 1e-3 });
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const scalars = Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, tf.scalar(number)]));
    for (const spec of PARAMETERS) {
      const state = Object.fromEntries(optimizer.stateNames.map((name) => [name, tf.zeros([...spec.shape])]));
      const update = optimizer.update(spec, tf.ones([...spec.shape]), tf.ones([...spec.shape]), state, scalars);
      const [names, expected] = [Object.keys(update.state).sort(), [...optimizer.stateNames].sort()];
      ensure(
        names.join() === expected.join(),
        `An update answers the state ${names.join(', ') || 'nothing'}. Expected ${expected.join(', ') || 'nothing'}, as in stateNames.`,
      );
      for (const [name, { shape }] of Object.entries({ parameter: update.parameter, ...update.state })) {
        ensure(
          shape.join() === spec.shape.join(),
          `The new ${name} of a parameter [${spec.shape.join(', ')}] has shape [${shape.join(', ')}].`,
        );
      }
    }
  });
  const left = tf.memory().numTensors - before;
  ensure(left === 0, `Updates left ${left} tensors behind. Never tf.keep what an update makes.`);
}

/** The checks that every optimizer passes. */
export function optimizerChecks(subject: ComponentUnderTest): readonly ConformanceCheck[] {
  const build = (): BuiltOptimizer => {
    const { provider, options } = resolveComponent('optimizer', subject);
    return provider.build(options);
  };
  return [
    ...declarationChecks('optimizer', subject),
    {
      name: 'names its state once each',
      run: immediate(() => {
        const { stateNames } = build();
        ensure(new Set(stateNames).size === stateNames.length, `State names repeat: ${stateNames.join(', ')}.`);
        const bad = stateNames.find((name) => !STATE_NAME.test(name));
        ensure(bad === undefined, `"${bad}" is no state name. Expected letters, digits and "_": exp_avg.`);
      }),
    },
    { name: 'gives finite scalars that follow from the step alone', run: immediate(() => checkScalars(build)) },
    {
      name: 'answers parameters and state of the shapes that it is given, and leaves no tensors behind',
      run: immediate(() => checkUpdate(build())),
    },
    {
      name: 'compiles, and equals the reference engine after three steps',
      run: async () =>
        ensureAllClose(
          'Parameters and state',
          await descend(build(), SHORT),
          await descend(build(), { ...SHORT, engine: 'reference' }),
          ENGINE_TOLERANCE,
        ),
    },
    {
      name: 'gives the same bits each time, with its named state as its only state',
      run: async () => {
        const optimizer = build();
        const first = await descend(optimizer, SHORT);
        ensureAllClose('The second time', await descend(optimizer, SHORT), first, 0);
        ensureAllClose('A rebuilt optimizer', await descend(build(), SHORT), first, 0);
      },
    },
    {
      name: 'goes downhill',
      run: async () => {
        const [before, after] = [squaredLength(startValues()), squaredLength(await descend(build(), LONG))];
        ensure(
          after < before,
          `After ${LONG.steps} steps on half a squared length, that length went from ${before} to ${after}.`,
        );
      },
    },
  ];
}

/** Registers the conformance checks of an optimizer as tests. */
export function testOptimizer(subject: ComponentUnderTest, framework: TestFramework): void {
  registerComponentChecks('optimizer', subject, optimizerChecks(subject), framework);
}
