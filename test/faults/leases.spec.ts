import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../support/guide.js';
import type { RunSeen } from '../support/run-seen.js';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';
import { describeOnEachDatabase } from '../support/database-engines.js';
import { takeDatabaseAway } from './support/database-outage.js';
import { tryFault } from './support/fault-record.js';
import { LonelyWorker } from './support/worker-process.js';
import { type Outcome, outcomeOf } from './support/outcome.js';
import { PlatformUnderTest } from './support/platform-under-test.js';

const LEASE = 2000;
const RECIPE = {
  ...{ epochs: 20, batchSize: 4, learningRate: 1e-2, averageDecay: 0.9, earlyStopping: null, seed: 3 },
  ...{ augmentations: [{ name: 'slow', options: { milliseconds: 8 } }], checkpointEverySteps: 5, retryPauseSeconds: 0 },
};
const STEPS = 120;
const HOUR = 3_600_000;
const JUMPING_CLOCK = pathToFileURL(join(ROOT, 'test/faults/processes/jumping-clock.mjs')).href;

describeOnEachDatabase('leases of workers that no server watches', (engine) => {
  let platform: PlatformUnderTest;
  let place: TemporaryFolder;
  /** File that says how far the server's clock is off. */
  let clock: string;
  let expected: Outcome;
  const workers: LonelyWorker[] = [];

  const work = (id: string, environment: Readonly<Record<string, string>> = {}): LonelyWorker => {
    const worker = LonelyWorker.start(id, {
      ...platform.environment,
      Q2L_TRAINING_LEASE: String(LEASE),
      ...environment,
    });
    workers.push(worker);
    return worker;
  };
  const moves = ({ transitions }: RunSeen): string[] => transitions.map(({ to }) => to);
  const step = (id: string, least: number) =>
    platform.until(id, (run) => run.status === 'RUNNING' && run.step >= least);

  beforeAll(async () => {
    // The server trains nothing itself; it only looks after the queue.
    place = await temporaryFolder();
    clock = join(place.path, 'clock');
    platform = await PlatformUnderTest.start(engine, {
      ...{ Q2L_TRAINING_WORKERS: '0', Q2L_TRAINING_LEASE: String(LEASE) },
      ...{ NODE_OPTIONS: `--import=${JUMPING_CLOCK}`, Q2L_TEST_CLOCK: clock },
    });
    const worker = work('reference');
    const id = await platform.train(RECIPE);
    expect(await platform.untilOver(id)).toMatchObject({ status: 'SUCCEEDED', step: STEPS, interruptions: 0 });
    expected = await outcomeOf(platform, id, 'LAST');
    await worker.end();
  });

  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.end('SIGKILL');
  });

  afterAll(async () => {
    await platform.remove();
    await place.remove();
  });

  async function endsAsIfNothingHadHappened(id: string): Promise<RunSeen> {
    const run = await platform.untilOver(id);
    expect(run).toMatchObject({ status: 'SUCCEEDED', step: STEPS, problem: null });
    expect(await outcomeOf(platform, id, 'LAST')).toEqual(expected);
    return run;
  }

  it('SIGKILL: the run is INTERRUPTED within one lease and goes on at another worker', async () => {
    await tryFault('worker of a lease killed (SIGKILL)', engine, async () => {
      const lease = 3 * LEASE;
      const worker = work('first', { Q2L_TRAINING_LEASE: String(lease) });
      const id = await platform.train(RECIPE);
      await step(id, 20);
      const killed = performance.now();
      await worker.end('SIGKILL');
      await platform.until(id, (run) => moves(run).includes('INTERRUPTED'), 20);
      const after = performance.now() - killed;
      // One lease from the last renewal on, and the keeper's next look; never while the worker might still hold it.
      expect(after).toBeGreaterThan(lease / 2);
      expect(after).toBeLessThan(1.5 * lease);
      work('second');
      const run = await endsAsIfNothingHadHappened(id);
      expect(moves(run)).toEqual(['QUEUED', 'RUNNING', 'INTERRUPTED', 'QUEUED', 'RUNNING', 'SUCCEEDED']);
      expect(run.transitions.map(({ workerId }) => workerId)).toEqual([null, 'first', 'first', null, 'second', 'second']); // prettier-ignore
      expect(run.transitions[2].cause).toBe('its worker fell silent');
    });
  });

  it('SIGSTOP past the expiry, then SIGCONT: late writes are refused, the worker notices and stops', async () => {
    await tryFault('worker stopped past its lease (SIGSTOP, SIGCONT)', engine, async () => {
      const first = work('first');
      const id = await platform.train(RECIPE);
      await step(id, 20);
      first.signal('SIGSTOP');
      await platform.until(id, (run) => moves(run).includes('INTERRUPTED'), 10);
      work('second');
      await platform.until(id, (run) => run.transitions.at(-1)?.workerId === 'second', 20);
      first.signal('SIGCONT');
      const run = await endsAsIfNothingHadHappened(id);
      expect(moves(run)).toEqual(['QUEUED', 'RUNNING', 'INTERRUPTED', 'QUEUED', 'RUNNING', 'SUCCEEDED']);
      expect(run.transitions.at(-1)?.workerId).toBe('second');
      expect(first.output).toMatch(new RegExp(`The lease on run ${id} is lost`));
      // It stopped training that run, not living: it takes the next one.
      expect(first.lives).toBe(true);
    });
  });

  it('clocks that jump, of the worker and of the server, take no run from a worker that lives, and hide no death', async () => {
    const jumps = [HOUR, -HOUR, 26 * HOUR, 0];
    await tryFault(
      'clocks of server and worker jump',
      engine,
      async () => {
        const own = join(platform.data, 'clock-of-worker');
        const worker = work('first', { Q2L_TEST_CLOCK: own });
        const id = await platform.train(RECIPE);
        for (const [index, jump] of jumps.entries()) {
          await step(id, 10 + 18 * index);
          await writeFile(index % 2 === 0 ? own : clock, String(jump));
        }
        const run = await step(id, 75);
        expect(run).toMatchObject({ interruptions: 0 });
        await worker.end('SIGKILL');
        await platform.until(id, (seen) => moves(seen).includes('INTERRUPTED'), 10);
        work('second');
        expect(await endsAsIfNothingHadHappened(id)).toMatchObject({ interruptions: 1 });
      },
      jumps.length,
    );
    await writeFile(clock, '0');
  });

  it('the database is gone for 10 s: a lease that lasts longer is kept, a shorter one is given up, and no figure is lost', async () => {
    const health = async (path: string) => (await fetch(`${platform.running.url}/health/${path}`)).status;
    await tryFault(
      'database gone for 10 s (a lease of 60 s, one of 2 s)',
      engine,
      async () => {
        work('patient', { Q2L_TRAINING_LEASE: '60000' });
        work('hasty');
        const ids = [await platform.train(RECIPE), await platform.train(RECIPE)];
        for (const id of ids) await step(id, 5);
        const holder = ({ transitions }: RunSeen) => transitions.find(({ to }) => to === 'RUNNING')?.workerId;
        await takeDatabaseAway(platform, engine, 10_000, async () => {
          await delay(1000);
          expect(await health('live')).toBe(200);
          if (engine === 'PostgreSQL') expect(await health('ready')).toBe(503);
        });
        for (const id of ids) {
          const run = await endsAsIfNothingHadHappened(id);
          const interruptions = moves(run).filter((state) => state === 'INTERRUPTED').length;
          if (holder(run) === 'patient') expect(interruptions).toBe(0);
          // Of SQLite only the lock is gone: who gets it first afterwards, the worker or the keeper of the queue, decides.
          else if (engine === 'SQLite') expect(interruptions).toBeLessThanOrEqual(1);
          else expect(interruptions).toBe(1);
        }
        expect(workers.every(({ lives }) => lives)).toBe(true);
        expect(await health('ready')).toBe(200);
      },
      2,
    );
  });
});
