import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { DiskCache } from '../cache/disk-cache.js';
import { createEngine, declareContent } from '../index.js';
import type { Engine, Executable, NamedValues, Program } from '../index.js';
import { seededValue } from '../testing/seeded.js';

const MEGABYTE = 1024 * 1024;
const program: Program = ({ constants, inputs }) => ({
  outputs: { y: tf.relu(tf.matMul(inputs.x as tf.Tensor2D, constants.w as tf.Tensor2D)) },
});
const weights = (seed: number, size = 64): NamedValues => ({
  w: seededValue({ dtype: 'float32', shape: [size, size] }, seed),
});
const inputs = (batch: number, size = 64) => ({ x: seededValue({ dtype: 'float32', shape: [batch, size] }, 9) });

let folder: string;
let log: string[];
const engines: Engine[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'q2l-compiled-'));
  log = [];
});
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
  await rm(folder, { recursive: true });
});

/** A new engine, as after a restart. */
async function start(maximumBytes = 100 * MEGABYTE): Promise<Engine> {
  const engine = await createEngine({ threads: 1, cache: { folder, maximumBytes, log: (line) => log.push(line) } });
  engines.push(engine);
  return engine;
}

const compile = (engine: Engine, constants: NamedValues, batch: number | 'batch' = 'batch'): Promise<Executable> =>
  engine.compile(program, {
    constants,
    state: {},
    inputs: { x: { dtype: 'float32', shape: [batch, constants.w.shape[0]] } },
  });
const entries = async () => (await readdir(folder)).sort();

describe('compiled programs', () => {
  it('are shared in a process, kept on disk, and give the same bits from each', async () => {
    const engine = await start();
    const first = await compile(engine, weights(1));
    const second = await compile(engine, weights(1));
    const third = await compile(await start(), weights(1));
    expect([first, second, third].map(({ report }) => report.source)).toEqual(['compiled', 'memory', 'disk']);
    const results = [await first.run(inputs(3)), await second.run(inputs(3)), await third.run(inputs(3))];
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    await first.dispose();
    expect(await second.run(inputs(2))).toEqual(await third.run(inputs(2)));
    await second.dispose();
    expect((await compile(engine, weights(1))).report.source).toBe('disk');
    expect(log).toEqual([]);
  });

  it('are other ones for other constants, shapes and programs', async () => {
    const engine = await start();
    const other: Program = (given) => ({ outputs: { y: tf.neg(program(given).outputs.y) } });
    const changed = weights(1);
    changed.w.data[17] += 1;
    const compiled = [
      await compile(engine, weights(1)),
      await compile(engine, weights(2)),
      await compile(engine, changed),
      await compile(engine, weights(1), 3),
      await engine.compile(other, {
        constants: weights(1),
        state: {},
        inputs: { x: { dtype: 'float32', shape: [3, 64] } },
      }),
    ];
    expect(compiled.map(({ report }) => report.source)).toEqual(new Array(5).fill('compiled'));
    expect(await entries()).toHaveLength(5);
  });

  it('do not change with the arrays that their constants came from', async () => {
    const constants = weights(1);
    const executable = await compile(await start(), constants);
    const before = await executable.run(inputs(2));
    constants.w.data.fill(7);
    expect(await executable.run(inputs(2))).toEqual(before);
    expect((await compile(engines[0], constants)).report.source).toBe('compiled');
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['a truncated model', (path) => truncate(join(path, 'model.onnx'), 100)],
    ['a flipped bit in the weights', (path) => flipBit(join(path, 'tensors.bin'))],
    ['a missing file', (path) => rm(join(path, 'tensors.bin'))],
    ['a list that is none', (path) => writeFile(join(path, 'entry.json'), '{"files":')],
  ])('are compiled again where the cache holds %s', async (_, damage) => {
    const expected = await (await compile(await start(), weights(1))).run(inputs(2));
    const [key] = await entries();
    await damage(join(folder, key));
    const executable = await compile(await start(), weights(1));
    expect(executable.report.source).toBe('compiled');
    expect(await executable.run(inputs(2))).toEqual(expected);
    expect(log).toEqual([expect.stringMatching(new RegExp(`${key} is dropped from the cache and compiled again`))]);
    expect((await compile(await start(), weights(1))).report.source).toBe('disk');
  });

  it('leave the cache, those not used for longest first, when it is full', async () => {
    const engine = await start(2.5 * MEGABYTE);
    const [size, old, used] = [512, weights(1, 512), weights(2, 512)];
    await compile(engine, old);
    await compile(engine, used);
    for (const key of await entries()) await utimes(join(folder, key, 'entry.json'), 1, 1);
    expect((await compile(await start(2.5 * MEGABYTE), used)).report.source).toBe('disk');
    await compile(engine, weights(3, size));
    expect(await entries()).toHaveLength(2);
    expect((await compile(await start(), used)).report.source).toBe('disk');
    expect((await compile(await start(), old)).report.source).toBe('compiled');
  });

  it('are compiled again where a large file is damaged, which is seen after the session has started', async () => {
    const size = 2304;
    const expected = await (await compile(await start(), weights(1, size))).run(inputs(1, size));
    const [key] = await entries();
    await flipBit(join(folder, key, 'tensors.bin'));
    const executable = await compile(await start(), weights(1, size));
    expect(executable.report.source).toBe('compiled');
    expect(await executable.run(inputs(1, size))).toEqual(expected);
    expect(log).toEqual([expect.stringMatching(/dropped .* the checksum of tensors.bin is not the one/)]);
    expect((await compile(await start(), weights(1, size))).report.source).toBe('disk');
  });

  it('are found by what was declared of their constants', async () => {
    const declared = (identity: string, seed = 1): NamedValues => {
      const constants = weights(seed);
      declareContent(constants.w.data, identity);
      return constants;
    };
    const sources: string[] = [];
    for (const constants of [declared('a'), declared('a'), declared('b'), weights(1)]) {
      sources.push((await compile(await start(), constants)).report.source);
    }
    expect(sources).toEqual(['compiled', 'disk', 'compiled', 'compiled']);
    // What was declared is believed: the bytes are not read.
    const [kept, believed] = [await compile(await start(), weights(1)), await compile(await start(), declared('a', 2))];
    expect(believed.report.source).toBe('disk');
    expect(await believed.run(inputs(2))).toEqual(await kept.run(inputs(2)));
  });

  it('are not kept when they are larger than the cache, or it is off', async () => {
    await compile(await start(MEGABYTE / 2), weights(1, 512));
    await compile(await start(0), weights(1));
    expect(await entries()).toEqual([]);
  });

  it('are compiled all the same where the cache cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const engine = await createEngine({
      threads: 1,
      cache: { folder: join(folder, 'file', 'cache'), maximumBytes: MEGABYTE, log: (line) => log.push(line) },
    });
    engines.push(engine);
    const executable = await compile(engine, weights(1));
    expect((await executable.run(inputs(2))).y.shape).toEqual([2, 64]);
    expect(log.at(-1)).toMatch(/Program "program" could not be kept: .*not a directory/);
  });

  it('with state are cached too, each executable with its own state', async () => {
    const counter: Program = ({ state, inputs: given }) => {
      const next = tf.add(state.total, given.amount);
      return { outputs: { next }, state: { total: next } };
    };
    const spec = { dtype: 'float32', shape: [] } as const;
    const signature = { constants: {}, state: { total: spec }, inputs: { amount: spec } };
    const engine = await start();
    const [a, b] = [await engine.compile(counter, signature), await engine.compile(counter, signature)];
    expect(b.report.source).toBe('memory');
    const scalar = (value: number) => ({ ...spec, data: Float32Array.of(value) });
    await a.writeState({ total: scalar(1) });
    await b.writeState({ total: scalar(10) });
    await a.run({ amount: scalar(1) });
    expect((await a.run({ amount: scalar(1) })).next.data[0]).toBe(3);
    expect((await b.run({ amount: scalar(1) })).next.data[0]).toBe(11);
    expect((await (await start()).compile(counter, signature)).report.source).toBe('disk');
  });
});

describe('the cache on disk', () => {
  const text = (content: string) => (path: string) => writeFile(join(path, 'part'), content);

  it('shows an entry when it is whole, and none after a failure', async () => {
    const cache = new DiskCache({ folder, maximumBytes: MEGABYTE });
    await cache.store('one', async (path) => {
      await text('whole')(path);
      expect(await cache.find('one')).toBeUndefined();
    });
    expect(await readFile(join((await cache.find('one'))?.folder ?? '', 'part'), 'utf8')).toBe('whole');
    await expect(cache.store('two', () => Promise.reject(new Error('full')))).rejects.toThrow('full');
    expect(await entries()).toEqual(['one']);
  });

  it('keeps the first of two entries of one key, made at the same time', async () => {
    const caches = [1, 2, 3, 4].map(
      () => new DiskCache({ folder, maximumBytes: MEGABYTE, log: (line) => log.push(line) }),
    );
    await Promise.all(caches.map((cache) => cache.store('same', text('content'))));
    expect(await entries()).toEqual(['same']);
    expect((await caches[0].find('same'))?.folder).toBe(join(folder, 'same'));
    expect(log).toEqual([]);
  });

  it('is not harmed by a process that is killed while it writes', async () => {
    const script = `
      import { mkdtempSync, writeFileSync } from 'node:fs';
      writeFileSync(mkdtempSync(process.argv[1] + '/.unfinished-') + '/part', 'half');
      console.log('written');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder]);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const cache = new DiskCache({ folder, maximumBytes: MEGABYTE });
    await cache.store('one', text('whole'));
    const [abandoned] = await entries();
    expect(abandoned).toMatch(/^\.unfinished-/);
    await utimes(join(folder, abandoned), 1, 1);
    await cache.store('two', text('whole'));
    expect(await entries()).toEqual(['one', 'two']);
  });
});

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[Math.floor(bytes.length / 2)] ^= 4;
  await writeFile(path, bytes);
}
