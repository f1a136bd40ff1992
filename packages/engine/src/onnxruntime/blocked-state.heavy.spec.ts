import { afterAll, describe, expect, it } from '@jest/globals';
import { createEngine } from '../create-engine.js';
import type { Engine, NamedValues, ProgramSignature } from '../engine.js';
import { relativeError } from '../testing/compare-engines.js';
import { timesItself, wideLayers } from '../testing/wide-layers.js';
import type { LayerOptions, WideLayers } from '../testing/wide-layers.js';

/** Numbers between -1 and 1, in no order that a block could have. */
function valuesOf(specs: ProgramSignature['state'], scale: number): NamedValues {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec], entry) => {
      const data = new Float32Array(spec.shape.reduce((size, extent) => size * extent, 1));
      for (let index = 0; index < data.length; index++) {
        data[index] = scale * ((((index + entry) * 7919) % 100_003) / 50_001.5 - 1);
      }
      return [name, { ...spec, data }];
    }),
  );
}

/** The same where all state goes in and out: there are no weights that could stay in blocks. */
async function twoStepsFromOutside(engine: Engine, { program, signature: { state, inputs } }: WideLayers) {
  const executable = await engine.compile(
    (given) => {
      const isState = (name: string) => name in state;
      const entries = Object.entries(given.inputs);
      const result = program({
        ...given,
        state: Object.fromEntries(entries.filter(([name]) => isState(name))),
        inputs: Object.fromEntries(entries.filter(([name]) => !isState(name))),
      });
      return { outputs: { ...result.outputs, ...result.state } };
    },
    { constants: {}, state: {}, inputs: { ...state, ...inputs } },
  );
  const outputs: NamedValues[] = [];
  let values = { ...valuesOf(state, 0.03), ...valuesOf(inputs, 1) };
  for (let step = 0; step < 2; step++) {
    const results = await executable.run(values);
    outputs.push(results);
    values = { ...values, ...Object.fromEntries(Object.entries(results).filter(([name]) => name in state)) };
  }
  await executable.dispose();
  return outputs;
}

/** The outputs of two steps and the state after them. */
async function twoSteps(engine: Engine, { program, signature }: WideLayers) {
  const executable = await engine.compile(program, signature);
  const initial = valuesOf(signature.state, 0.03);
  await executable.writeState(initial);
  const kept = await executable.readState();
  const inputs = valuesOf(signature.inputs, 1);
  const outputs = [await executable.run(inputs), await executable.run(inputs)];
  const state = await executable.readState();
  await executable.dispose();
  return { initial, kept, outputs, state };
}

describe('weights that stay in blocks', () => {
  const engine = createEngine({ threads: 2 });
  afterAll(async () => (await engine).dispose());

  const CASES: readonly LayerOptions[] = [
    { rows: 144, also: 'nothing' },
    { rows: 132, also: 'nothing' }, // fill no whole block
    { rows: 144, also: 'empty output' },
    { rows: 144, also: 'gradient as output' },
    { rows: 144, also: 'rate of each weight' },
    { rows: 144, also: 'weights elsewhere' },
    { rows: 144, also: 'sums of gradients' },
  ];
  it.each(CASES)('give the numbers of weights from outside: $rows rows, and $also', async (options) => {
    const expected = await twoStepsFromOutside(await engine, wideLayers(options, timesItself));
    const { initial, kept, outputs, state } = await twoSteps(await engine, wideLayers(options));
    for (const name of Object.keys(initial))
      expect([name, relativeError(initial[name], kept[name], 0)]).toEqual([name, 0]);
    for (const [step, results] of expected.entries()) {
      const received = step === 1 ? { ...outputs[1], ...state } : outputs[0];
      for (const [name, value] of Object.entries(received ?? {})) {
        const error = relativeError(results[name] ?? value, value);
        // A sum in another order; elements of the wrong places would be off by their whole size.
        expect([step, name, error < 2e-4]).toEqual([step, name, true]);
      }
    }
    for (const [name, value] of Object.entries(initial)) {
      expect([name, relativeError(value, state[name], 0) > 0]).toEqual([name, true]);
    }
    expect(Object.keys(expected[1] ?? {})).toEqual(expect.arrayContaining([...Object.keys(state), 'value', 'norm']));
  });
});
