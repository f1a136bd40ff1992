import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../../test/support/database-engines.js';
import { storeRuns } from '../../../../test/support/stored-runs.js';
import type { TestLocation } from '../../../../test/support/test-location.js';
import { ConfigurationService, loadConfiguration } from '../../../config/index.js';
import { type DatabaseService, openDatabase } from '../../../database/index.js';
import { databaseSchema } from '../../../database-schema.js';
import { RunTransition, TrainingRun } from '../../entities/index.js';
import { RunStatus } from '../../run-status.js';
import { LostLeaseError } from '../lost-lease.error.js';
import type { QueueWorker, RunLease } from '../run-queue.js';
import { EmbeddedQueue } from './embedded-queue.js';

const LEASE = 600;
const worker = (id: string, ...labels: string[]): QueueWorker => ({ id, labels, concurrency: 1 });

describeOnEachDatabase('the embedded queue', (_engine, create) => {
  let place: TestLocation;
  let database: DatabaseService;
  let queue: EmbeddedQueue;
  const leases: RunLease[] = [];

  beforeEach(async () => {
    place = await create();
    database = await openDatabase(place.location, databaseSchema);
    const environment = { Q2L_TRAINING_LEASE: String(LEASE) };
    queue = new EmbeddedQueue(database, new ConfigurationService(loadConfiguration({ environment })));
  });

  afterEach(async () => {
    for (const lease of leases.splice(0)) lease.release();
    await database.onApplicationShutdown();
    await place.remove();
  });

  const stored = (id: string) => database.read.findOneByOrFail(TrainingRun, { id });
  const ask = (id: string, requested: string) =>
    database.write((manager) => manager.update(TrainingRun, { id }, { requested }));
  const history = async (runId: string) => {
    const rows = await database.read.find(RunTransition, { where: { runId }, order: { sequence: 'ASC' } });
    return rows.map(({ to }) => to as string);
  };

  async function claimed(id = 'one'): Promise<RunLease> {
    const lease = await queue.claim(worker(id));
    if (lease === null) throw new Error('The queue is empty.');
    leases.push(lease);
    return lease;
  }

  /** Looks after the queue until the lease of a worker that is silent has run out. */
  async function tendFor(milliseconds: number): Promise<void> {
    const deadline = performance.now() + milliseconds;
    while (performance.now() < deadline) {
      await queue.tend();
      await delay(50);
    }
  }

  it('renews a lease by itself, for as long as it is held', async () => {
    const [{ id }] = await storeRuns(database, 1);
    await claimed();
    await tendFor(3 * LEASE);
    expect(await stored(id)).toMatchObject({ status: RunStatus.RUNNING, interruptions: 0 });
  });

  it('interrupts a silent worker, refuses its late writes, and lets the run go on', async () => {
    const [{ id }] = await storeRuns(database, 1, { retryPauseSeconds: 0 });
    const lease = await claimed();
    lease.release();
    await tendFor(1.5 * LEASE);
    expect(await history(id)).toEqual(['RUNNING', 'INTERRUPTED', 'QUEUED']);
    const second = await claimed('two');
    const late = (work: Promise<unknown>) => expect(work).rejects.toThrow(LostLeaseError);
    await late(lease.write(async (manager) => void (await manager.update(TrainingRun, { id }, { loss: 1 }))));
    await late(lease.requested());
    await late(lease.end('succeed', 'late'));
    expect(await stored(id)).toMatchObject({ status: RunStatus.RUNNING, workerId: 'two', loss: null });
    await second.end('succeed', 'trained to the end');
    expect(await stored(id)).toMatchObject({ status: RunStatus.SUCCEEDED, leaseToken: null });
  });

  it('waits between tries, longer each time, and gives up after as many as the recipe allows', async () => {
    const [{ id }] = await storeRuns(database, 1, { maximumTries: 2, retryPauseSeconds: 0.5 });
    const before = Date.now();
    await claimed();
    await queue.abandon('one', 'its worker was ended by SIGKILL');
    const rest = (await stored(id)).nextTryAt?.getTime() ?? 0;
    expect(rest).toBeGreaterThanOrEqual(before + 500);
    expect((await queue.reasonsForWaiting([await stored(id)]))[0]).toMatch(/^Goes on by itself at /);
    await queue.tend();
    expect(await stored(id)).toMatchObject({ status: RunStatus.INTERRUPTED });
    await delay(550);
    await queue.tend();
    await claimed();
    await queue.abandon('one', 'its worker was ended by SIGKILL');
    expect(await stored(id)).toMatchObject({ status: RunStatus.FAILED, interruptions: 2 });
    expect((await stored(id)).problem).toMatch(/interrupted 2 times, .*SIGKILL; the recipe allows 2/);
  });

  it('leaves a run interrupted if its recipe says so', async () => {
    const [{ id }] = await storeRuns(database, 1, { resumeByItself: false, retryPauseSeconds: 0, maximumTries: 1 });
    await claimed();
    await queue.abandon('one', 'it died');
    await queue.tend();
    expect(await stored(id)).toMatchObject({ status: RunStatus.INTERRUPTED, problem: 'it died' });
    expect(await queue.reasonsForWaiting([await stored(id)])).toEqual([expect.stringMatching(/Waits to be resumed/)]);
  });

  it('goes on although the clock was set back during the pause', async () => {
    const [{ id }] = await storeRuns(database, 1, { retryPauseSeconds: 1, longestRetryPauseSeconds: 10 });
    await claimed();
    await queue.abandon('one', 'it died');
    const nextTryAt = new Date(Date.now() + 3_600_000);
    await database.write((manager) => manager.update(TrainingRun, { id }, { nextTryAt }));
    await queue.tend();
    expect(await stored(id)).toMatchObject({ status: RunStatus.QUEUED });
  });

  it.each([
    ['pause', 'PAUSED'],
    ['cancel', 'CANCELLED'],
  ])('does what was asked of a run before its worker died: %s', async (requested, state) => {
    const [{ id }] = await storeRuns(database, 1);
    await claimed();
    await ask(id, requested);
    await queue.abandon('one', 'it died');
    expect(await history(id)).toEqual(['RUNNING', 'INTERRUPTED', state]);
    expect(await stored(id)).toMatchObject({ status: state, requested: null });
  });

  it.each([
    ['interrupt', 'pause', ['RUNNING', 'INTERRUPTED', 'PAUSED']],
    ['interrupt', 'cancel', ['RUNNING', 'INTERRUPTED', 'CANCELLED']],
    ['pause', 'cancel', ['RUNNING', 'CANCELLED']],
    ['pause', 'pause', ['RUNNING', 'PAUSED']],
    ['succeed', 'cancel', ['RUNNING', 'SUCCEEDED']],
  ] as const)(
    'a worker that ends with %s honours %s, asked for at the last moment',
    async (event, requested, states) => {
      const [{ id }] = await storeRuns(database, 1);
      const lease = await claimed();
      await ask(id, requested);
      await lease.end(event, 'it ends');
      expect(await history(id)).toEqual(states);
      expect(await stored(id)).toMatchObject({ requested: null });
    },
  );

  it('keeps the writes of a lease once, whoever writes beside it', async () => {
    const [{ id }] = await storeRuns(database, 1);
    const lease = await claimed();
    const count = (manager: Parameters<Parameters<RunLease['write']>[0]>[0]) =>
      manager.increment(TrainingRun, { id }, 'step', 1).then(() => undefined);
    await Promise.all(Array.from({ length: 20 }, () => lease.write(count)));
    expect(await stored(id)).toMatchObject({ step: 20 });
  });

  it('hands runs to workers that have the labels they ask for, and says why the others wait', async () => {
    const [gpu] = await storeRuns(database, 1, { workerLabels: ['gpu'] });
    const [first, second] = await storeRuns(database, 2);
    const reasons = async () => queue.reasonsForWaiting([await stored(gpu.id), await stored(second.id)]);
    expect((await reasons())[0]).toMatch(/^No worker lives/);
    await queue.announce(worker('plain', 'cpu'));
    const [labelled, queued] = await reasons();
    expect(labelled).toMatch(/labels that it asks for \(gpu\); those that live have cpu\..*Q2L_TRAINING_LABELS=gpu/);
    expect(queued).toBe('Waits for a free worker; 2 queued before it.');
    const lease = await queue.claim(worker('plain', 'cpu'));
    expect(lease?.run.id).toBe(first.id);
    expect(await queue.reasonsForWaiting([await stored(first.id)])).toEqual([null]);
    await queue.announce(worker('strong', 'cpu', 'gpu'));
    expect((await reasons())[0]).toBe('Waits for a free worker.');
    const strong = await queue.claim(worker('strong', 'cpu', 'gpu'));
    expect(strong?.run.id).toBe(gpu.id);
    await queue.abandon('strong', 'it ended');
    await queue.abandon('plain', 'it ended');
    lease?.release();
    strong?.release();
    expect((await queue.reasonsForWaiting([await stored(second.id)]))[0]).toMatch(/^No worker lives/);
  });
});
