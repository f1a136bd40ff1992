import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { hostRandom, keyOf, permutation } from '@query2label/sdk';
import { type DatabaseEngine, PlatformUnderTest } from './support/platform-under-test.js';
import { tryFault } from './support/fault-record.js';
import { type Outcome, outcomeOf } from './support/outcome.js';
import type { RunSeen } from '../support/run-seen.js';
import { TEST_DATABASE_URL } from '../support/test-database.js';

/** Everything that has a state: averages, moments, dropout, augmentation, a schedule, early stopping, the best so far. */
const RECIPE = {
  ...{ epochs: 100, batchSize: 4, learningRate: 1e-2, averageDecay: 0.9, gradientClipNorm: 1, seed: 11 },
  ...{ schedule: { name: 'one-cycle' }, augmentations: [{ name: 'horizontal-flip' }, { name: 'cutout' }] },
  ...{ earlyStopping: { patience: 99 }, checkpointEverySteps: 2, keepLast: 2 },
  ...{ maximumTries: 1000, retryPauseSeconds: 0 },
};
const STEPS = 600;
/** After the step from which on it may happen, in milliseconds: a fast machine must not be done before the last of them. */
const LATEST = 250;
const VICTIMS = ['both', 'server', 'worker'] as const;
type Victim = (typeof VICTIMS)[number];
const FAULTS = {
  worker: 'worker killed at a random moment (SIGKILL)',
  server: 'server killed at a random moment (SIGKILL)',
  both: 'server and worker killed at once (SIGKILL)',
};

/** What is killed, from which step on, and how long after it was seen there; the same each time the suite runs. */
function moments(count: number): { victim: Victim; step: number; pause: number }[] {
  const random = hostRandom(keyOf(5, 'kills'));
  const order = permutation(keyOf(5, 'victims'), count);
  return Array.from(order, (place, index) => ({
    victim: VICTIMS[Math.min(place % 6, 2)],
    step: Math.floor((index / (count + 1)) * STEPS),
    pause: Math.floor(random.uniform() * LATEST),
  }));
}

async function kill(platform: PlatformUnderTest, victim: Victim): Promise<void> {
  const worker = await platform.worker();
  if (victim !== 'server') process.kill(worker, 'SIGKILL');
  if (victim !== 'worker') {
    await platform.killServer();
    await platform.startServer();
  }
}

function resumesExactly(engine: DatabaseEngine, kills: number): void {
  it(`after ${kills} kills, a run ends with the bytes and the figures of one that nothing happened to`, async () => {
    const plan = moments(kills);
    const settings = { Q2L_TRAINING_LEASE: '1000', Q2L_TRAINING_RESTART_PAUSE: '100' };
    const platform = await PlatformUnderTest.start(engine, settings);
    const endsEqual = async (): Promise<void> => {
      const undisturbed = await platform.train(RECIPE);
      expect(await platform.untilOver(undisturbed)).toMatchObject({
        status: 'SUCCEEDED',
        step: STEPS,
        interruptions: 0,
      });
      const id = await platform.train(RECIPE);
      let claims = 0;
      for (const { victim, step, pause } of plan) {
        const claimed = (run: RunSeen): number => run.transitions.filter(({ to }) => to === 'RUNNING').length;
        const held = (run: RunSeen): boolean => run.status === 'RUNNING' && run.step >= step && claimed(run) > claims;
        claims = claimed(await platform.until(id, held, 60));
        await delay(pause);
        await kill(platform, victim);
      }
      const run = await platform.untilOver(id);
      expect(run).toMatchObject({ status: 'SUCCEEDED', step: STEPS, problem: null });
      expect(run.transitions.filter(({ to }) => to === 'INTERRUPTED').length).toBeGreaterThanOrEqual(kills);
      for (const kind of ['LAST', 'BEST'] as const) {
        const [expected, received]: Outcome[] = [
          await outcomeOf(platform, undisturbed, kind),
          await outcomeOf(platform, id, kind),
        ];
        expect(Object.keys(received.files).length).toBeGreaterThan(kind === 'LAST' ? 2 : 1);
        expect(received).toEqual(expected);
        // Three figures of each epoch, and of each protocol only one: neither a gap nor a duplicate.
        const losses = received.metrics.filter(({ name, weights }) => name === 'loss' && weights === 'training');
        expect(losses.map(({ epoch }) => epoch)).toEqual(Array.from({ length: RECIPE.epochs }, (_, epoch) => epoch));
      }
    };
    // All kills of the run are survived, or none is.
    const count = (victim: Victim): number => plan.filter((moment) => moment.victim === victim).length;
    const recorded = VICTIMS.reduce((inner, victim) => () => tryFault(FAULTS[victim], engine, inner, count(victim)), endsEqual); // prettier-ignore
    try {
      await recorded();
    } finally {
      await platform.remove();
    }
  }, 420_000);
}

describe('exact resume on SQLite', () => resumesExactly('SQLite', 30));
if (TEST_DATABASE_URL !== '') describe('exact resume on PostgreSQL', () => resumesExactly('PostgreSQL', 6));
