import { expect, it } from '@jest/globals';
import { openDatabase } from '../../src/database/index.js';
import { databaseSchema } from '../../src/database-schema.js';
import { RunTransition, TrainingRun } from '../../src/training/entities/index.js';
import { RunStatus } from '../../src/training/run-status.js';
import { describeOnEachDatabase } from '../support/database-engines.js';
import { storeRuns } from '../support/stored-runs.js';
import { runScript } from '../support/processes/run-script.js';
import { tryFault } from './support/fault-record.js';

const RUNS = 50;

describeOnEachDatabase('two workers race for the queue', (engine, create) => {
  it(`of ${RUNS} runs, each is claimed by exactly one`, async () => {
    const place = await create();
    const database = await openDatabase(place.location, databaseSchema);
    try {
      await tryFault(
        'two workers race for a run',
        engine,
        async () => {
          const runs = await storeRuns(database, RUNS);
          const location = JSON.stringify(place.location);
          const claims = await Promise.all(
            ['worker one', 'worker two'].map(
              async (worker) =>
              JSON.parse(await runScript('../../faults/processes/claim-runs.js', location, worker)) as string[], // prettier-ignore
            ),
          );
          expect(claims.flat().toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
          expect(Math.min(...claims.map((ids) => ids.length))).toBeGreaterThan(0);
          expect(await database.read.countBy(TrainingRun, { status: RunStatus.SUCCEEDED })).toBe(RUNS);
          expect(await database.read.countBy(RunTransition, { to: RunStatus.RUNNING })).toBe(RUNS);
        },
        RUNS,
      );
    } finally {
      await database.onApplicationShutdown();
      await place.remove();
    }
  });
});
