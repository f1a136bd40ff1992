import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { figure, figures } from './support/figures.js';
import { tryFault } from './support/fault-record.js';
import { type Outcome, outcomeOf } from './support/outcome.js';
import { PlatformUnderTest } from './support/platform-under-test.js';
import { predictOnce } from './support/predict.js';

const slow = { name: 'slow', options: { milliseconds: 12 } };
const RECIPE = {
  ...{ epochs: 20, batchSize: 4, learningRate: 1e-2, averageDecay: 0.9, earlyStopping: null, seed: 3 },
  ...{ augmentations: [slow], checkpointEverySteps: null, retryPauseSeconds: 0, maximumTries: 2 },
};
const STEPS = 120;
/** The heap is small, so that a leak ends the process soon; the platform itself needs about 120 MB. */
const ENVIRONMENT = { NODE_OPTIONS: '--max-old-space-size=224', Q2L_TRAINING_RESTART_PAUSE: '100' };

describe('the server', () => {
  let platform: PlatformUnderTest;
  let checkpoint: string;
  let expected: Outcome;

  beforeAll(async () => {
    platform = await PlatformUnderTest.start('SQLite', ENVIRONMENT);
    const id = await platform.train(RECIPE);
    expect(await platform.untilOver(id)).toMatchObject({ status: 'SUCCEEDED', step: STEPS });
    expected = await outcomeOf(platform, id, 'LAST');
    checkpoint = String((await platform.newestManifest(id)).id);
    await predictOnce(platform, checkpoint, 1);
  });

  afterEach(async () => {
    if (platform.server === undefined) await platform.startServer();
  });

  afterAll(() => platform.remove());

  const ready = async (): Promise<{ status: number; checks: { name: string; ok: boolean; reason: string }[] }> => {
    const response = await fetch(`${platform.running.url}/health/ready`);
    return { ...((await response.json()) as { checks: [] }), status: response.status };
  };
  const live = async (): Promise<boolean> => (await fetch(`${platform.running.url}/health/live`)).ok;

  it('SIGTERM: predictions are answered, the run is handed back with a checkpoint, and the exit code is 0', async () => {
    await tryFault('server asked to end (SIGTERM) while it trains and predicts', 'SQLite', async () => {
      await platform.stopServer();
      // A batch waits long to be filled: all queries are in the server when the signal comes, and none is answered.
      const { pid } = await platform.startServer({ Q2L_PREDICTION_MAXIMUM_DELAY: '3000', Q2L_PREDICTION_MAXIMUM_BATCH: '1024' }); // prettier-ignore
      const { running } = platform;
      await predictOnce(platform, checkpoint, 1);
      const id = await platform.train(RECIPE);
      await platform.until(id, ({ step }) => step >= 10);
      let answered = 0;
      const asked = Array.from({ length: 24 }, () => predictOnce(platform, checkpoint, 4).then(() => (answered += 1)));
      const answers = Promise.all(asked);
      await delay(800);
      expect(answered).toBe(0);
      process.kill(pid, 'SIGTERM');
      await answers;
      expect(await platform.stopServer()).toBe(0);
      expect(running.output()).not.toMatch(/ERROR|unexpected/);
      await platform.startServer();
      const manifest = await platform.newestManifest(id);
      // Without checkpoints by steps or minutes, this one was made for the end; the state is not that of an epoch's end.
      expect(manifest).toMatchObject({ training: { step: expect.any(Number) } });
      const run = await platform.untilOver(id);
      expect(run.transitions.map(({ to, cause }) => `${to}: ${cause}`)).toEqual([
        'QUEUED: asked for',
        'RUNNING: a worker took it',
        'INTERRUPTED: its worker was asked to end',
        'QUEUED: goes on after an interruption',
        'RUNNING: a worker took it',
        'SUCCEEDED: trained to the end',
      ]);
      // It costs the run no try.
      expect(run.interruptions).toBe(0);
      expect(await outcomeOf(platform, id, 'LAST')).toEqual(expected);
    });
  });

  it.each([
    ['out of memory', 'memory', /SIGABRT|SIGTRAP|code 13[34]/],
    ['segmentation fault in native code', 'signal', /SIGSEGV/],
  ])('a worker that dies, %s: the server goes on, and the run says why', async (name, death, reason) => {
    await tryFault(`training worker: ${name}`, 'SQLite', async () => {
      const once = join(platform.data, `died-of-${death}`);
      const deadly = { name: 'deadly', options: { death, after: 40, once } };
      const id = await platform.train({ ...RECIPE, augmentations: [deadly] });
      const serving = async (): Promise<void> => {
        await platform.until(id, ({ transitions }) => transitions.some(({ to }) => to === 'INTERRUPTED'), 60);
        await predictOnce(platform, checkpoint, 1);
        expect(await live()).toBe(true);
      };
      await serving();
      const run = await platform.untilOver(id);
      expect(run).toMatchObject({ status: 'SUCCEEDED', step: STEPS, interruptions: 1 });
      expect(run.transitions.find(({ to }) => to === 'INTERRUPTED')?.cause).toMatch(reason);
    });
  });

  it('a run that kills every worker fails with the reason after as many tries as its recipe allows', async () => {
    await tryFault('run that kills every worker', 'SQLite', async () => {
      const deadly = { name: 'deadly', options: { death: 'signal', after: 10 } };
      const id = await platform.train({ ...RECIPE, augmentations: [deadly] });
      const run = await platform.untilOver(id);
      expect(run).toMatchObject({ status: 'FAILED', interruptions: 2 });
      expect(run.problem).toMatch(/^interrupted 2 times, .*SIGSEGV; the recipe allows 2$/);
      await predictOnce(platform, checkpoint, 1);
    });
  });

  it('is not ready, with the reason, while no training worker lives', async () => {
    await tryFault('readiness without a training worker', 'SQLite', async () => {
      const worker = await platform.worker();
      const deadline = performance.now() + 20_000;
      while ((await ready()).status !== 200) {
        if (performance.now() > deadline) throw new Error(JSON.stringify(await ready()));
        await delay(50);
      }
      process.kill(worker, 'SIGKILL');
      await delay(100);
      const { status, checks } = await ready();
      expect(status).toBe(503);
      expect(checks.find(({ name }) => name === 'training')).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/^0 training workers live; 1 should\./),
      });
      expect(await live()).toBe(true);
      while ((await ready()).status !== 200) await delay(100);
    });
  });

  it('keeps its event loop free while a run trains and predictions are answered', async () => {
    await tryFault('event loop under training and predictions', 'SQLite', async () => {
      const id = await platform.train({ ...RECIPE, epochs: 400, checkpointEverySteps: 2 });
      await platform.until(id, ({ step }) => step >= 10);
      expect(getPriority(await platform.worker())).toBeGreaterThan(getPriority(platform.running.pid));
      const input = { options: { attention: { labels: 3 } } };
      await predictOnce(platform, checkpoint, 4, input);
      // A reading begins the next measurement.
      await figures(platform.running);
      const end = performance.now() + 8000;
      const client = async (): Promise<void> => {
        while (performance.now() < end) await predictOnce(platform, checkpoint, 4, input);
      };
      await Promise.all([client(), client(), client()]);
      const text = await figures(platform.running);
      expect(figure(text, 'nodejs_eventloop_lag_p99_seconds')).toBeLessThan(0.05);
      await platform.change('cancelTrainingRun', id);
      await platform.untilOver(id);
    });
  });
});
