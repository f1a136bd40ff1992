import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import type { Executable, NamedValues } from '../engine.js';
import { createEngine } from '../create-engine.js';
import { relativeError } from '../testing/compare-engines.js';
import { SMALL, initialState, inputsOf, trainingStep } from '../testing/small-network.js';
import { testedEngine } from '../testing/tested-engine.js';

const specsOf = (values: NamedValues) =>
  Object.fromEntries(Object.entries(values).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));

describe('a training step of a residual network with an attention decoder', () => {
  it.each([
    ['with fixed statistics', false],
    ['with the statistics of the batch', true],
  ])('gives the numbers of the reference engine over five steps, %s', async (_, statistics) => {
    const engines = [await createEngine({ engine: 'reference' }), await createEngine(testedEngine())];
    const state = initialState(SMALL);
    const signature = { constants: {}, state: specsOf(state), inputs: specsOf(inputsOf(SMALL, 0)) };
    const [expected, received]: Executable[] = await Promise.all(
      engines.map((engine) => engine.compile(trainingStep(SMALL, statistics), signature, { label: 'training-step' })),
    );
    for (const executable of [expected, received]) await executable.writeState(state);
    const tensors = tf.memory().numTensors;
    for (let step = 0; step < 5; step++) {
      const [a, b] = [await expected.run(inputsOf(SMALL, step)), await received.run(inputsOf(SMALL, step))];
      expect(relativeError(a.loss, b.loss)).toBeLessThan(2e-4);
      expect(relativeError(a.norm, b.norm)).toBeLessThan(2e-3);
    }
    const [a, b] = [await expected.readState(), await received.readState()];
    for (const name of Object.keys(a)) expect([name, relativeError(a[name], b[name]) < 2e-2]).toEqual([name, true]);
    expect(relativeError(a['stem.weight'], state['stem.weight'])).toBeGreaterThan(1e-3);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const engine of engines) await engine.dispose();
  });
});
