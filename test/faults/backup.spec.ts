import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { checkpointPlace } from '../support/checkpoint-place.js';
import { describeOnEachDatabase } from '../support/database-engines.js';
import { copyReleasedFiles, loadReleasedDatabase, releasedAnswers } from '../support/released-data.js';
import { documentsOf, runQ2l } from '../support/run-q2l.js';
import { type ServerProcess, startServerProcess } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TEST_DATABASE_URL } from '../support/test-database.js';
import { postgresLocation, sqliteLocation, type TestLocation } from '../support/test-location.js';
import { tryFault } from './support/fault-record.js';

interface Place {
  readonly environment: Readonly<Record<string, string>>;
  readonly data: string;
  readonly database: TestLocation;
}

/** Data folder and database of a server; SQLite lies in the data folder. */
async function placeIn(folder: string, create: () => Promise<TestLocation>, name: string): Promise<Place> {
  const database = await create();
  const { url, sqliteFile } = database.location;
  const data = url === '' ? join(dirname(sqliteFile), name) : join(folder, name);
  return {
    data,
    database,
    environment: { Q2L_DATA: data, DATABASE_URL: url, Q2L_THREADS: '1', Q2L_TRAINING_WORKERS: '0' },
  };
}

async function scoresOf(
  { client }: ServerProcess,
  image: object,
): Promise<readonly { label: string; score: number }[]> {
  const { predict } = await client.data<{ predict: { results: { labels: { label: string; score: number }[] }[] } }>(
    `query ($input: PredictInput!) { predict(input: $input) { ... on PredictionBatch { results { ... on Prediction { labels { label score } } ... on UserError { message } } } ... on UserError { message } } }`,
    { input: { checkpoint: 'production', images: [image] } },
  ); // prettier-ignore
  return predict.results[0].labels;
}

const STATE = '{ trainingRuns { nodes { id status step recipe } } datasets { nodes { id name imageCount } } checkpoints { nodes { id status manifestSha256 aliases } } }'; // prettier-ignore

describeOnEachDatabase('a data folder and database that are lost, with a backup', (engine, create) => {
  const targets = [
    ['SQLite', sqliteLocation],
    ...(TEST_DATABASE_URL === '' ? [] : [['PostgreSQL', postgresLocation] as const]),
  ] as const;

  it('taken while the server runs and checkpoints come and go, restored in a fresh place: everything is there and predicts the same', async () => {
    const folder = await temporaryFolder();
    const answers = await releasedAnswers('1');
    const original = await placeIn(folder.path, create, 'original');
    await mkdir(original.data, { recursive: true });
    const location = { ...original.database.location, ...(original.database.location.url === '' && { sqliteFile: join(original.data, 'q2l.sqlite') }) }; // prettier-ignore
    await loadReleasedDatabase('1', location);
    await copyReleasedFiles('1', original.data);
    const server = await startServerProcess(original.environment);
    const writer = await checkpointPlace(() => Promise.resolve({ location, remove: () => Promise.resolve() }), original.data); // prettier-ignore
    const backup = join(folder.path, 'backup');
    let scores: readonly { label: string; score: number }[];
    let inStore: object;
    try {
      let busy = true;
      let written = 0;
      const writing = (async () => {
        for (let last: string | undefined; busy; written += 1) {
          const { id } = await writer.write();
          if (last !== undefined) await writer.service.delete(last);
          last = id;
          await delay(300);
        }
      })();
      const result = await runQ2l(['backup', backup, '--json'], { environment: original.environment });
      busy = false;
      await writing;
      expect(result).toMatchObject({ exitCode: 0, errors: '' });
      expect(documentsOf(result)).toEqual([expect.objectContaining({ leftOut: [] })]);
      expect(written).toBeGreaterThan(2);
      const { images } = await server.client.data<{ images: { nodes: { id: string }[] } }>('query ($d: ID!) { images(dataset: $d, first: 1) { nodes { id } } }', { d: answers.dataset }); // prettier-ignore
      inStore = { imageId: images.nodes[0].id };
      scores = await scoresOf(server, inStore);
    } finally {
      await writer.remove();
      await server.stop();
    }
    for (const [target, createTarget] of targets) {
      await tryFault('data lost, restored from a backup', `${engine} to ${target}`, async () => {
        const fresh = await placeIn(folder.path, createTarget, 'fresh');
        const result = await runQ2l(['restore', backup], { environment: fresh.environment });
        expect(result).toMatchObject({ exitCode: 0, errors: '', output: expect.stringContaining('Restored to') });
        const restored = await startServerProcess(fresh.environment);
        try {
          const report = await restored.client.data('mutation { reconcileCheckpoints(verify: true) { missing returned damaged { file } quarantined { name } removed problems } }'); // prettier-ignore
          expect(report.reconcileCheckpoints).toEqual({ missing: [], returned: [], damaged: [], quarantined: [], removed: [], problems: [] }); // prettier-ignore
          expect(await scoresOf(restored, inStore)).toEqual(scores);
          const base64 = await scoresOf(restored, { base64: answers.picture });
          base64.forEach(({ label, score }, index) => {
            expect(label).toBe(answers.labels[index].label);
            expect(score).toBeCloseTo(answers.labels[index].score, 5);
          });
          const state = await restored.client.data<{ trainingRuns: { nodes: { id: string; status: string }[] }; checkpoints: { nodes: { status: string }[] } }>(STATE); // prettier-ignore
          const statuses = Object.fromEntries(state.trainingRuns.nodes.map(({ id, status }) => [id, status]));
          expect(statuses).toEqual({ [answers.run]: 'SUCCEEDED', [answers.paused]: 'PAUSED' });
          expect(state.checkpoints.nodes.length).toBeGreaterThanOrEqual(4);
          expect(state.checkpoints.nodes.map(({ status }) => status)).not.toContain('MISSING');
        } finally {
          await restored.stop();
          await fresh.database.remove();
        }
      });
    }
    await original.database.remove();
    await folder.remove();
  });
});
