import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, type AxisLength, type Engine, type Program, type TensorValue } from '@query2label/engine';
import { tf } from '@query2label/sdk';
import { compileForBatches } from './compile-for-batches.js';
import { FilledExecutable } from './filled-executable.js';

const LARGEST = 4;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.dispose());

const doubled: Program = ({ state, inputs }) => ({ outputs: { y: tf.mul(inputs.x, state.factor), one: tf.ones([2]) } });
/** Numbers its rows with a table made on the host: the same for each row, and yet not of any size. */
const numbered: Program = ({ state, inputs }) => {
  const rows = tf.range(0, inputs.x.shape[0]).expandDims(1);
  return { outputs: { y: tf.mul(tf.sub(tf.add(inputs.x, rows), rows), state.factor), one: tf.ones([2]) } };
};
const factor: TensorValue = { dtype: 'float32', shape: [], data: Float32Array.of(2) };
const rowsOf = (count: number): TensorValue => ({
  dtype: 'float32',
  shape: [count, 2],
  data: Float32Array.from({ length: 2 * count }, (_, index) => index + 1),
});

describe('compileForBatches', () => {
  const reasons: string[] = [];
  const compile = (program: Program) =>
    compileForBatches(
      engine,
      (batch: AxisLength) => ({
        program,
        signature: {
          constants: {},
          state: { factor: { dtype: 'float32', shape: [] } },
          inputs: { x: { dtype: 'float32', shape: [batch, 2] } },
        },
      }),
      { label: 'test', largest: LARGEST, onFilled: (reason) => reasons.push(reason) },
    );

  it.each([
    ['compiles once for all sizes', doubled, false],
    ['fills up the batches of a program that cannot be compiled so', numbered, true],
  ])('%s', async (_, program, filled) => {
    reasons.length = 0;
    const executable = await compile(program);
    await executable.writeState({ factor });
    expect(executable instanceof FilledExecutable).toBe(filled);
    expect(executable.signature.inputs.x.shape).toEqual(['batch', 2]);
    expect(executable.outputs.y.shape).toEqual(['batch', 2]);
    for (const count of [1, 3, LARGEST]) {
      const { y, one } = await executable.run({ x: rowsOf(count) });
      expect(y.shape).toEqual([count, 2]);
      expect([...y.data]).toEqual([...rowsOf(count).data].map((value) => 2 * value));
      expect([...one.data]).toEqual([1, 1]);
    }
    expect([...(await executable.readState()).factor.data]).toEqual([2]);
    expect(reasons).toEqual(filled ? [expect.stringMatching(/for any batch size cannot be compiled/)] : []);
    await executable.dispose();
  });

  it('takes no batch larger than the one that others are filled up to', async () => {
    const executable = await compile(numbered);
    await executable.writeState({ factor });
    await expect(executable.run({ x: rowsOf(5) })).rejects.toThrow(
      'A batch of 5: this program was compiled for 1 to 4.',
    );
  });

  it('hands on what keeps a program from being compiled at all', async () => {
    const unique: Program = ({ inputs }) => ({ outputs: { y: tf.unique(tf.reshape(inputs.x, [-1])).values } });
    await expect(compile(unique)).rejects.toThrow(/tf\.unique|Unique/);
  });
});
