import * as tf from '@tensorflow/tfjs';
import type { NamedValues, TensorValue } from '@query2label/engine';
import { ensureAllClose, ensureClose, ensureFinite, firstOfBatch } from './comparisons.js';
import { ensure } from './conformance.js';
import type { ConformanceCheck } from './conformance.js';
import { differentiate, initialValuesOf, predict, predictAnyBatch } from './laboratory.js';
import type { Subject } from './subject.js';

const NAME_PATTERN = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const ENGINE_TOLERANCE = 2e-4;
const DIFFERENCE_TOLERANCE = 0.05;

/** The promises that backbones, decoders and losses share. `build` must give a fresh subject each time. */
export function modelChecks(build: () => Promise<Subject>): readonly ConformanceCheck[] {
  return [
    { name: 'names its parameters and declares the same ones each time', run: () => checkNames(build) },
    { name: 'gives finite outputs of the promised shapes', run: () => checkOutputs(build) },
    { name: 'compiles, and equals the reference engine', run: () => checkEngines(build) },
    {
      name: 'gives the same bits each time, with its parameters as its only state',
      run: () => checkDeterminism(build),
    },
    { name: 'gives every trainable parameter a finite gradient', run: () => checkGradients(build) },
    { name: 'has gradients that agree with finite differences', run: () => checkFiniteDifferences(build) },
    { name: 'leaves no tensors behind', run: () => checkLeaks(build) },
  ];
}

async function checkNames(build: () => Promise<Subject>): Promise<void> {
  const [first, second] = [await build(), await build()];
  for (const { name } of first.specs) {
    ensure(
      NAME_PATTERN.test(name),
      `"${name}" is no parameter name. Expected letters, digits, "_" and "-", joined by dots.`,
    );
  }
  const listed = ({ specs }: Subject): string =>
    specs.map(({ name, shape, role }) => `${name} [${shape.join(', ')}] ${role}`).join('\n');
  ensure(listed(first) === listed(second), 'Two builds with the same options declared different parameters.');
  ensureAllClose('Initial values of two builds', await initialValuesOf(second), await initialValuesOf(first), 0);
}

async function checkOutputs(build: () => Promise<Subject>): Promise<void> {
  const subject = await build();
  const outputs = await predict(subject, await initialValuesOf(subject));
  const shapes = subject.outputShapes(2);
  for (const [name, shape] of Object.entries(shapes)) {
    ensure(outputs[name] !== undefined, `Output "${name}" is missing.`);
    const actual = outputs[name].shape;
    ensure(
      actual.join() === shape.join(),
      `Output "${name}" has shape [${actual.join(', ')}] where [${shape.join(', ')}] is promised.`,
    );
    ensureFinite(`Output "${name}"`, outputs[name]);
  }
}

async function checkEngines(build: () => Promise<Subject>): Promise<void> {
  const subject = await build();
  const values = await initialValuesOf(subject);
  const compiled = await predict(subject, values);
  ensureAllClose(
    'Compiled outputs',
    compiled,
    await predict(subject, values, { engine: 'reference' }),
    ENGINE_TOLERANCE,
  );
}

async function checkDeterminism(build: () => Promise<Subject>): Promise<void> {
  const [subject, rebuilt] = [await build(), await build()];
  const values = await initialValuesOf(subject);
  const saved: NamedValues = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { ...value, data: value.data.slice() }]),
  );
  ensureAllClose(
    'A rebuilt component with restored parameters',
    await predict(rebuilt, saved),
    await predict(subject, values),
    0,
  );
  const inputs = subject.inputs(2);
  const first = await differentiate(subject, values, inputs);
  const second = await differentiate(rebuilt, saved, inputs);
  ensureAllClose('Gradients of a rebuilt component for the same random key', second.gradients, first.gradients, 1e-6);
}

async function checkGradients(build: () => Promise<Subject>): Promise<void> {
  const subject = await build();
  const { gradients } = await differentiate(subject, await initialValuesOf(subject), subject.inputs(2));
  for (const { name, role, shape } of subject.specs) {
    if (role !== 'trainable') continue;
    ensure(
      gradients[name] !== undefined,
      `Trainable parameter "${name}" has no gradient: no output depends on it. Use it, or declare it frozen.`,
    );
    ensure(gradients[name].shape.join() === shape.join(), `The gradient of "${name}" has another shape than it.`);
    ensureFinite(`The gradient of "${name}"`, gradients[name]);
  }
  for (const name of subject.differentiable) {
    ensure(gradients[name] !== undefined, `No output depends on the input "${name}".`);
    ensureFinite(`The gradient of input "${name}"`, gradients[name]);
  }
}

/** Moves along the gradient by a step of the given length. */
function moved(values: NamedValues, gradients: NamedValues, step: number): NamedValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, TensorValue] => {
      const gradient = gradients[name];
      if (gradient === undefined) return [name, value];
      return [name, { ...value, data: Float32Array.from(value.data, (x, index) => x + step * gradient.data[index]) }];
    }),
  );
}

/** The derivative along the gradient is the square of its norm: compared for several steps, of which one must agree. */
async function checkFiniteDifferences(build: () => Promise<Subject>): Promise<void> {
  const subject = await build();
  const values = await initialValuesOf(subject);
  const inputs = subject.inputs(2);
  const { gradients, value } = await differentiate(subject, values, inputs);
  const squaredNorm = Object.values(gradients).reduce(
    (sum, { data }) => sum + Array.from(data).reduce((inner, x) => inner + x * x, 0),
    0,
  );
  ensure(squaredNorm > 0, 'All gradients are zero.');
  const tried: string[] = [];
  for (const change of [1e-2, 3e-3, 1e-3, 3e-2]) {
    // a step that changes the value by about `change` of its scale
    const step = (change * Math.max(1, Math.abs(value))) / squaredNorm;
    const at = async (signed: number): Promise<number> => {
      const moving = await differentiate(subject, moved(values, gradients, signed), moved(inputs, gradients, signed));
      return moving.value;
    };
    const slope = ((await at(step)) - (await at(-step))) / (2 * step);
    if (Math.abs(slope / squaredNorm - 1) < DIFFERENCE_TOLERANCE) return;
    tried.push(`${slope} for a step of ${step}`);
  }
  ensure(
    false,
    `The derivative along the gradient should be ${squaredNorm}; finite differences give ${tried.join(', ')}.`,
  );
}

async function checkLeaks(build: () => Promise<Subject>): Promise<void> {
  const before = tf.memory().numTensors;
  const subject = await build();
  const values = await initialValuesOf(subject);
  const built = tf.memory().numTensors;
  await predict(subject, values, { engine: 'reference', batch: 1 });
  const after = tf.memory().numTensors;
  ensure(built === before, `Building left ${built - before} tensors behind.`);
  ensure(
    after === built,
    `A forward pass left ${after - built} tensors behind. Work inside tf.tidy or return what you make.`,
  );
}

/** For components whose outputs start with the batch: what they promise about batches. */
export function batchChecks(build: () => Promise<Subject>): readonly ConformanceCheck[] {
  return [
    { name: 'gives an image the same outputs alone and in a batch', run: () => checkBatchInvariance(build) },
    { name: 'compiles once for batches of any size', run: () => checkAnyBatch(build) },
  ];
}

async function checkBatchInvariance(build: () => Promise<Subject>): Promise<void> {
  const subject = await build();
  const values = await initialValuesOf(subject);
  const [alone, together] = [await predict(subject, values, { batch: 1 }), await predict(subject, values)];
  for (const [name, value] of Object.entries(alone)) {
    ensureClose(`Output "${name}" of one image in a batch`, firstOfBatch(together[name]), value, 1e-4);
  }
}

/** With parameters as constants, as in serving, and as state, as in the evaluations of a training run. */
async function checkAnyBatch(build: () => Promise<Subject>): Promise<void> {
  const subject = await build();
  const values = await initialValuesOf(subject);
  const batches = [1, 3];
  for (const parameters of ['constants', 'state'] as const) {
    const outputs = await predictAnyBatch(subject, values, batches, parameters);
    for (const [index, batch] of batches.entries()) {
      const where = `Outputs for a batch of ${batch}, compiled for any, parameters as ${parameters},`;
      ensureAllClose(where, outputs[index], await predict(subject, values, { batch }), 1e-4);
    }
  }
}
