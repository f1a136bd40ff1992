import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { NamedSpecs, NamedValues } from '../engine.js';
import { SMALL, initialState, inputsOf, trainingStep } from '../testing/small-network.js';
import { ownMemory } from '../testing/own-memory.js';
import { type Sample, steadyGrowth } from '../testing/steady-growth.js';
import { testedEngine } from '../testing/tested-engine.js';

const RUNS = 10_000;
const WARM_UP = 2_000;
/** Runs from one look at the memory to the next. */
const INTERVAL = 500;

/** Elements of a state of 64 MiB. */
const LARGE = 2 ** 24;

/** Growth of the process in bytes a run that may be noise of its allocators. One leaked image of a run would be 26 KB. */
const ALLOWED = 800;

const specsOf = (values: NamedValues): NamedSpecs =>
  Object.fromEntries(Object.entries(values).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));

describe('memory', () => {
  it('does not grow over 10,000 training steps, and no tensor is left', async () => {
    const engine = await createEngine(testedEngine());
    const state = initialState(SMALL);
    const inputs = inputsOf(SMALL, 0);
    const tensors = tf.memory().numTensors;
    const signature = { constants: {}, state: specsOf(state), inputs: specsOf(inputs) };
    const executable = await engine.compile(trainingStep(SMALL, true), signature, { label: 'training-step' });
    expect(tf.memory().numTensors).toBe(tensors);
    await executable.writeState(state);
    const resident = (): number => {
      globalThis.gc?.();
      return ownMemory();
    };
    const samples: Sample[] = [];
    for (let runs = 1; runs <= RUNS; runs++) {
      await executable.run(inputs);
      if (runs % INTERVAL === 0) samples.push({ runs, bytes: resident() });
    }
    const settled = samples.filter(({ runs }) => runs >= WARM_UP);
    const growth = steadyGrowth(settled);
    const sizes = settled.map(({ bytes }) => Math.round(bytes / 2 ** 20)).join(' ');
    process.stdout.write(`Growth: ${Math.round(growth)} bytes a run; MiB from run ${WARM_UP} to ${RUNS}: ${sizes}\n`);
    expect(growth).toBeLessThan(ALLOWED);
    await engine.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  }, 600_000);

  it('goes back when an executable is disposed of, while its engine lives on', async () => {
    const engine = await createEngine({ threads: 2 });
    const weight = { dtype: 'float32', shape: [LARGE] } as const;
    const signature = { constants: {}, state: { weight }, inputs: { rate: { dtype: 'float32', shape: [] } } } as const;
    const rate = { dtype: 'float32', shape: [], data: Float32Array.of(0.5) } as const;
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 8; round++) {
      const executable = await engine.compile(
        ({ state, inputs }) => ({
          outputs: {},
          state: { weight: tf.sub(state.weight, tf.mul(tf.sin(state.weight), inputs.rate)) },
        }),
        signature,
      );
      await executable.writeState({ weight: { ...weight, data: new Float32Array(LARGE) } });
      await executable.run({ rate });
      await executable.dispose();
    }
    const held = async (): Promise<number> => {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return process.memoryUsage().arrayBuffers - before;
    };
    // Of eight times two arrays, no more than two pairs.
    expect(await held()).toBeLessThan(4 * LARGE * 4 + 2 ** 20);
    await engine.dispose();
  });
});
