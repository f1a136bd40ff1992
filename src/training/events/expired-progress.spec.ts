import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StartedApp, startApp } from '../../../test/support/start-app.js';
import { storeRuns } from '../../../test/support/stored-runs.js';
import { DatabaseService } from '../../database/index.js';
import { RunEvent, TrainingRun } from '../entities/index.js';
import { appendEvents } from '../run-changes.js';
import { RunStatus } from '../run-status.js';
import { EventFeed } from './event-feed.js';
import { ExpiredProgress } from './expired-progress.js';

const DAY = 24 * 60 * 60 * 1000;

describe('the progress of runs that are over', () => {
  let app: StartedApp;
  let database: DatabaseService;

  beforeAll(async () => {
    app = await startApp({ Q2L_PROGRESS_DAYS: '3' });
    database = app.application.get(DatabaseService);
  }, 60_000);
  afterAll(() => app.stop());

  /** A run with a log, two reports of progress and a log. */
  async function storeRun(status: RunStatus, finishedAt: Date | null): Promise<string> {
    const [{ id }] = await storeRuns(database, 1);
    await database.write(async (manager) => {
      await manager.update(TrainingRun, { id }, { status, finishedAt });
      const types = ['log', 'progress', 'progress', 'log'] as const;
      await appendEvents(manager, id, types.map((type) => ({ type, payload: {} }))); // prettier-ignore
    });
    return id;
  }
  const numbersOf = async (runId: string) =>
    (await database.read.find(RunEvent, { where: { runId }, order: { sequence: 'ASC' } })).map(
      ({ sequence }) => sequence,
    );

  it('goes some days after the end; all else stays under its number, and can be followed', async () => {
    const now = new Date();
    const old = await storeRun(RunStatus.SUCCEEDED, new Date(now.getTime() - 4 * DAY));
    const failed = await storeRun(RunStatus.FAILED, new Date(now.getTime() - 4 * DAY));
    const recent = await storeRun(RunStatus.SUCCEEDED, new Date(now.getTime() - 2 * DAY));
    const paused = await storeRun(RunStatus.PAUSED, null);
    const expired = app.application.get(ExpiredProgress, { strict: false });

    expect(await expired.remove(now)).toBe(2);
    expect(await Promise.all([old, failed, recent, paused].map(numbersOf))).toEqual([[1, 4], [1, 4], [1, 2, 3, 4], [1, 2, 3, 4]]); // prettier-ignore
    const followed: number[] = [];
    for await (const { sequence } of app.application.get(EventFeed, { strict: false }).follow(old, 1))
      followed.push(sequence);
    expect(followed).toEqual([4]);

    expect(await expired.remove(now)).toBe(0);
    expect(await expired.remove(new Date(now.getTime() + 2 * DAY))).toBe(1);
    expect(await numbersOf(paused)).toHaveLength(4);
  });
});
