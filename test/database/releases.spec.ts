import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createWriteSource } from '../../src/database/data-sources.js';
import { databaseSchema } from '../../src/database-schema.js';
import { describeOnEachDatabase } from '../support/database-engines.js';
import { runScript } from '../support/processes/run-script.js';
import { copyReleasedFiles, loadReleasedDatabase, releasedAnswers, RELEASES } from '../support/released-data.js';
import { startServerProcess } from '../support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';
import type { TestLocation } from '../support/test-location.js';

/** Of the first release. */
const TABLES = ['migrations', 'dataset', 'label', 'image', 'image_label', 'pipeline', 'training_run', 'run_event', 'run_transition', 'metric_point', 'checkpoint', 'checkpoint_alias']; // prettier-ignore
const releases = readdirSync(RELEASES).filter((name) => /^\d+$/.test(name));

describeOnEachDatabase('data of a released version', (_engine, create) => {
  let place: TestLocation;
  let folder: TemporaryFolder;
  let data: string;

  beforeEach(async () => {
    place = await create();
    folder = await temporaryFolder();
    // The server expects SQLite in its data folder.
    data = place.location.url === '' ? dirname(place.location.sqliteFile) : join(folder.path, 'data');
    await mkdir(data, { recursive: true });
  });

  afterEach(async () => {
    await place.remove();
    await folder.remove();
  });

  it.each(releases)(
    'release %s: three processes at once bring it to the present schema, every row kept',
    async (release) => {
      await loadReleasedDatabase(release, place.location);
      const before = await countRows(place);
      expect(before).toMatchObject({
        training_run: 2,
        checkpoint: 4,
        checkpoint_alias: 1,
        image: 18,
        metric_point: 12,
      });
      const location = JSON.stringify(place.location);
      const pending = await Promise.all([1, 2, 3].map(() => runScript('open-platform-database.js', location)));
      expect(pending).toEqual(['[]', '[]', '[]']);
      const after = await countRows(place);
      expect(after).toMatchObject({ ...before, migrations: databaseSchema.migrations.length });
      const source = await createWriteSource(place.location, databaseSchema).initialize();
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      await source.destroy();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    },
  );

  it.each(releases)(
    'release %s: a server predicts the same with its checkpoints, and its paused run goes on',
    async (release) => {
      const answers = await releasedAnswers(release);
      await loadReleasedDatabase(release, place.location);
      await copyReleasedFiles(release, data);
      const server = await startServerProcess({ Q2L_DATA: data, DATABASE_URL: place.location.url, Q2L_THREADS: '1' });
      try {
        const { client } = server;
        const report = await client.data('mutation { reconcileCheckpoints(verify: true) { checked missing damaged { file } quarantined { name } removed problems } }'); // prettier-ignore
        expect(report).toEqual({ reconcileCheckpoints: { checked: 4, missing: [], damaged: [], quarantined: [], removed: [], problems: [] } }); // prettier-ignore
        const { predict } = await client.data<{
          predict: { results: { labels: { label: string; score: number }[] }[] };
        }>(
          `query ($input: PredictInput!) { predict(input: $input) {
          ... on PredictionBatch { results { ... on Prediction { labels { label score } } ... on UserError { message } } }
          ... on UserError { code message } } }`,
          { input: { checkpoint: 'production', images: [{ base64: answers.picture }] } },
        );
        const { labels } = predict.results[0];
        expect(labels.map(({ label }) => label)).toEqual(answers.labels.map(({ label }) => label));
        labels.forEach(({ score }, index) => expect(score).toBeCloseTo(answers.labels[index].score, 5));

        const run = async () => {
          const { trainingRun } = await client.data<{ trainingRun: { status: string; step: number; problem: string | null } }>(
          'query ($id: ID!) { trainingRun(id: $id) { status step problem } }',
          { id: answers.paused },
        ); // prettier-ignore
          return trainingRun;
        };
        const stopped = await run();
        expect(stopped.status).toBe('PAUSED');
        await client.data('mutation ($id: ID!) { resumeTrainingRun(id: $id) { __typename ... on UserError { message } } }', { id: answers.paused }); // prettier-ignore
        let now = await run();
        for (; now.status === 'QUEUED' || (now.status === 'RUNNING' && now.step <= stopped.step + 3); now = await run()) await delay(50); // prettier-ignore
        expect(['RUNNING', 'SUCCEEDED']).toContain(now.status);
        expect(now).toMatchObject({ problem: null });
        expect(now.step).toBeGreaterThan(stopped.step);
      } finally {
        await server.stop();
      }
    },
    120_000,
  );
});

async function countRows({ location }: TestLocation): Promise<Readonly<Record<string, number>>> {
  const source = await createWriteSource(location, { entities: [], migrations: [] }).initialize();
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const sql = `SELECT COUNT(*) AS count FROM "${table}"`;
    const [row] = await source.query<{ count: number | string }[]>(sql);
    counts[table] = Number(row.count);
  }
  await source.destroy();
  return counts;
}
