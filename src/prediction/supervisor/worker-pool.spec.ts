import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js';

const entry = fileURLToPath(new URL('echo-worker.mjs', import.meta.url));

const echo = { kind: 'echo', input: z.unknown(), output: z.unknown() };
const pid = { kind: 'pid', input: z.null(), output: z.int() };
const slow = { kind: 'slow', input: z.object({ milliseconds: z.number() }), output: z.int() };
const die = { kind: 'die', input: z.null(), output: z.unknown() };
const dieOnce = { kind: 'dieOnce', input: z.object({ file: z.string() }), output: z.int() };
const append = { kind: 'append', input: z.object({ file: z.string() }), output: z.int() };
const refuse = { kind: 'refuse', input: z.null(), output: z.unknown() };
const count = { kind: 'count', input: z.object({ until: z.int() }), output: z.int(), progress: z.int() };

function alive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

describe('WorkerPool, with real processes', () => {
  let folder: string;
  let pools: WorkerPool[];

  beforeEach(async () => {
    Logger.overrideLogger(false);
    folder = await mkdtemp(join(tmpdir(), 'q2l-pool-'));
    pools = [];
  });

  afterEach(async () => {
    await Promise.all(pools.map((pool) => pool.stop(500)));
    await rm(folder, { recursive: true });
    Logger.overrideLogger(['error', 'warn']);
  });

  function pool(options: Partial<WorkerPoolOptions> = {}, mode = 'works'): WorkerPool {
    const created = new WorkerPool({
      command: { entry, arguments: [mode] },
      workers: 1,
      backOff: { firstMilliseconds: 10, maximumMilliseconds: 100 },
      silenceMilliseconds: 5000,
      failedStarts: 3,
      ...options,
    });
    pools.push(created);
    return created;
  }

  it('carries typed arrays there and back', async () => {
    const answer = await pool().run(echo, { values: Float32Array.of(0.5, 1.5), text: 'x' });
    expect(answer).toEqual({ values: Float32Array.of(0.5, 1.5), text: 'x' });
  });

  it('gives jobs to the least busy of several processes', async () => {
    const subject = pool({ workers: 2 });
    const pair = () => Promise.all([1, 2].map(() => subject.run(slow, { milliseconds: 100 })));
    // The first process that is ready takes all jobs until the second one is.
    let pids = await pair();
    for (let round = 0; round < 50 && new Set(pids).size === 1; round++) pids = await pair();
    for (let round = 0; round < 3; round++) expect(new Set(await pair()).size).toBe(2);
  });

  it('has every process do a job, whichever is ready first', async () => {
    const subject = pool({ workers: 3 });
    const done = join(folder, 'done');
    await subject.runOnEach(append, { file: done });
    const deadline = Date.now() + 10_000;
    const pids = async () => new Set((await readFile(done, 'utf8')).trim().split('\n'));
    while ((await pids()).size < 3 && Date.now() < deadline) await pause(20);
    expect([...(await pids())].map(Number).sort()).toEqual([...subject.pids].sort());
    await subject.runOnEach(append, { file: done });
    expect((await readFile(done, 'utf8')).trim().split('\n')).toHaveLength(6);
  });

  it('fails a job for every process with what the first one says', async () => {
    await expect(pool({ workers: 2 }).runOnEach(refuse, null)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('passes expected errors through with their code', async () => {
    await expect(pool().run(refuse, null)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'There is no label "cta".',
    });
  });

  it('retries the jobs of a process killed with SIGKILL on the next one', async () => {
    const subject = pool();
    const first = await subject.run(pid, null);
    const results = [subject.run(slow, { milliseconds: 300 }), subject.run(slow, { milliseconds: 300 })];
    await pause(50);
    process.kill(first, 'SIGKILL');
    const [a, b] = await Promise.all(results);
    expect(a).toBe(b);
    expect(a).not.toBe(first);
    expect(alive(first)).toBe(false);
  });

  it('retries a job once: the second try may succeed', async () => {
    await expect(pool().run(dieOnce, { file: join(folder, 'died') })).resolves.toEqual(expect.any(Number));
  });

  it('fails a job that kills its process twice, and goes on with others', async () => {
    const subject = pool();
    await expect(subject.run(die, null)).rejects.toMatchObject({
      code: 'PREDICTION_WORKER_LOST',
      message: expect.stringContaining('SIGKILL'),
    });
    await expect(subject.run(pid, null)).resolves.toEqual(expect.any(Number));
  });

  it('does not retry where only one attempt is wanted', async () => {
    const file = join(folder, 'died');
    const subject = pool();
    await expect(subject.run(dieOnce, { file }, { attempts: 1 })).rejects.toMatchObject({
      code: 'PREDICTION_WORKER_LOST',
      message: expect.stringContaining('exit code 7'),
    });
  });

  it('kills a process that is silent for too long', async () => {
    const subject = pool({ silenceMilliseconds: 1000 });
    const first = await subject.run(pid, null);
    await expect(subject.run(slow, { milliseconds: 60_000 })).rejects.toMatchObject({ code: 'PREDICTION_TIMED_OUT' });
    expect(await subject.run(pid, null)).not.toBe(first);
  });

  it('takes progress for a sign of life', async () => {
    const seen: number[] = [];
    const subject = pool({ silenceMilliseconds: 1000 });
    await subject.run(pid, null);
    await subject.run(count, { until: 60 }, { onProgress: (done) => seen.push(done) }); // 1.2 s and more
    expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  it('withdraws a job whose signal is aborted', async () => {
    const abort = new AbortController();
    const subject = pool();
    const seen: number[] = [];
    const result = subject.run(
      count,
      { until: 10_000 },
      {
        signal: abort.signal,
        onProgress: (done) => {
          seen.push(done);
          if (done === 3) abort.abort(new Error('no longer wanted'));
        },
      },
    );
    await expect(result).rejects.toThrow('no longer wanted');
    await pause(200);
    expect(seen.length).toBeLessThan(10);
  });

  it('refuses jobs with the last words of processes that never become ready', async () => {
    const subject = pool({}, 'dies-at-start');
    await expect(subject.run(pid, null)).rejects.toMatchObject({
      code: 'PREDICTION_UNAVAILABLE',
      message: expect.stringContaining('cannot open the weights folder'),
    });
  });

  it('drains on stop: the running job is answered, later ones are refused, no process stays', async () => {
    const subject = pool();
    const processId = await subject.run(pid, null);
    const running = subject.run(slow, { milliseconds: 200 });
    await pause(20);
    await subject.stop(5000);
    await expect(running).resolves.toBe(processId);
    await expect(subject.run(pid, null)).rejects.toMatchObject({ code: 'PREDICTION_UNAVAILABLE' });
    expect(alive(processId)).toBe(false);
  });

  it('kills a process that does not stop in time', async () => {
    const subject = pool();
    const processId = await subject.run(pid, null);
    const running = subject.run(slow, { milliseconds: 60_000 }).catch((error: unknown) => error);
    await pause(20);
    await subject.stop(100);
    expect(await running).toMatchObject({ code: 'PREDICTION_UNAVAILABLE' });
    expect(alive(processId)).toBe(false);
  });
});
