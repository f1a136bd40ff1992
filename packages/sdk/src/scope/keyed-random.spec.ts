import { afterAll, describe, expect, it } from '@jest/globals';
import { createEngine } from '@query2label/engine';
import type { EngineName, NamedValues, Program } from '@query2label/engine';
import { tf } from '../index.js';
import { keyOf, keyValue } from '../random/index.js';
import { createKeyedRandom } from './keyed-random.js';

const SHAPE = [37, 29];
const program: Program = ({ inputs }) => {
  const random = createKeyedRandom(inputs.key, true);
  return {
    outputs: {
      uniform: random.uniform('uniform', SHAPE),
      bernoulli: random.bernoulli('bernoulli', SHAPE, 0.3),
      dropout: random.dropout('dropout', tf.ones(SHAPE), 0.4),
      normal: random.normal('normal', SHAPE),
    },
  };
};
const keyOfStep = (step: number) => keyValue(keyOf(7, 'step', step));

describe('draws of a key', () => {
  const engines = (['onnxruntime', 'reference'] as const).map((name) => createEngine({ engine: name, threads: 1 }));
  afterAll(async () => void (await Promise.all(engines.map(async (engine) => (await engine).dispose()))));

  /** The draws of some steps by an executable of its own, as after a resume. */
  async function draws(name: EngineName, steps: readonly number[]): Promise<readonly NamedValues[]> {
    const started = await Promise.all(engines);
    const engine = started.find(({ description }) => description.name === name);
    if (engine === undefined) throw new Error(`There is no engine ${name}`);
    const inputs = { key: { dtype: 'int32' as const, shape: [2] } };
    const executable = await engine.compile(program, { constants: {}, state: {}, inputs });
    const drawn: NamedValues[] = [];
    for (const step of steps) drawn.push(await executable.run({ key: keyOfStep(step) }));
    await executable.dispose();
    return drawn;
  }

  it('are the same bits on every engine; normal ones to the rounding of logarithm and cosine', async () => {
    const steps = [0, 1, 2 ** 40];
    const [compiled, reference] = [await draws('onnxruntime', steps), await draws('reference', steps)];
    steps.forEach((_, index) => {
      for (const name of ['uniform', 'bernoulli', 'dropout']) {
        expect(compiled[index][name]).toEqual(reference[index][name]);
      }
      const { normal } = reference[index];
      compiled[index].normal.data.forEach((value, place) => {
        expect(Math.abs(value - normal.data[place])).toBeLessThan(2e-6 * Math.max(1, Math.abs(value)));
      });
    });
    expect(compiled[0].uniform).not.toEqual(compiled[1].uniform);
  });

  it('are the same after a resume in the middle', async () => {
    const [all, resumed] = [await draws('onnxruntime', [3, 4, 5, 6]), await draws('onnxruntime', [5, 6])];
    expect(resumed).toEqual(all.slice(2));
  });

  it('have the distribution that they are named after', async () => {
    const [{ uniform, bernoulli, dropout, normal }] = await draws('onnxruntime', [9]);
    const count = SHAPE[0] * SHAPE[1];
    const mean = (of: typeof uniform, f = (x: number) => x) =>
      Array.from(of.data, f).reduce((sum, x) => sum + x, 0) / count;
    // Four standard errors of a mean of 1,073 draws.
    const close = (value: number, expected: number, deviation: number) =>
      expect(Math.abs(value - expected)).toBeLessThan((4 * deviation) / Math.sqrt(count));
    close(mean(uniform), 0.5, Math.sqrt(1 / 12));
    close(mean(bernoulli), 0.3, Math.sqrt(0.21));
    close(mean(dropout), 1, Math.sqrt(0.4 / 0.6));
    close(mean(normal), 0, 1);
    close(mean(normal, (x) => x * x), 1, Math.SQRT2); // prettier-ignore
    expect([...new Set(dropout.data)].sort()).toEqual([0, Math.fround(1 / 0.6)]);
  });
});
