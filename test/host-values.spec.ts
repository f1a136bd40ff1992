import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** In a process of its own: names imported from node:crypto follow its object in Node, not in Jest. */
const script = `
  import { randomInt } from 'node:crypto';
  import { createEngine } from '@query2label/engine';
  import * as tf from '@tensorflow/tfjs';
  const engine = await createEngine({ threads: 1 });
  const signature = { constants: {}, state: {}, inputs: { x: { dtype: 'float32', shape: [1] } } };
  const refusal = (work) => {
    const compiled = engine.compile(({ inputs }) => work(inputs.x), signature, { label: 'late' });
    return compiled.then(() => 'compiled', ({ message }) => message);
  };
  console.log(await refusal((x) => ({ outputs: { y: tf.mul(x, randomInt(3)) } })));
  console.log(await refusal((x) => { x.data(); return { outputs: { y: x } }; }));
  console.log(await refusal(async (x) => { await null; throw new Error('late'); }));
  await new Promise((resolve) => setTimeout(resolve, 10));
  console.log(Number.isInteger(randomInt(3)));
  await engine.dispose();
`;

describe('a program in a plain Node process', () => {
  it('is refused for draws imported by name, and no promise of it ends the process', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^crypto\.randomInt cannot be compiled: it draws random numbers on the host/),
      expect.stringMatching(/^The program cannot be compiled: it reads the values of the input "x"/),
      expect.stringMatching(/^Program "late" cannot be compiled: it is asynchronous/),
      'true',
    ]);
  });
});
