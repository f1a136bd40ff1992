import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CheckpointStore } from '../src/checkpoint/checkpoint-store.js';
import { decodeSafetensors } from '../src/common/safetensors/index.js';
import { PICTURE_IMPORT, startAppWithPictures } from './support/app-with-pictures.js';
import { countQueries } from './support/count-queries.js';
import { makeCheckpoint, SMALL_PIPELINE } from './support/make-checkpoint.js';
import { make } from './support/make.js';
import type { StartedApp } from './support/start-app.js';

/** Every list with every field of its items that needs further rows. */
const LISTS = {
  datasets: '{ datasets { nodes { name labels { name } splits { name } } } }',
  trainingRuns: '{ trainingRuns { nodes { id metrics { name } transitions { to } } } }',
  checkpoints: '{ checkpoints { nodes { id aliases parametersUrl } } }',
  pipelines: '{ pipelines { nodes { id name version } } }',
};

describe('lists of the API', () => {
  let app: StartedApp;
  let made = 0;

  beforeAll(async () => {
    app = await startAppWithPictures();
  });

  afterAll(() => app.stop());

  async function makeOneOfEach(): Promise<void> {
    made += 1;
    const datasetId = await make(app.client, 'importDataset', { ...PICTURE_IMPORT, name: `set ${made}` });
    const pipeline = { name: `pipeline ${made}`, definition: SMALL_PIPELINE };
    const pipelineId = await make(app.client, 'createPipeline', pipeline);
    await make(app.client, 'startTrainingRun', { pipelineId, datasetId, recipe: { epochs: 1, batchSize: 2 } });
    const { id } = await makeCheckpoint(app.application, ['warm', 'cold'], made);
    await app.client.data(
      `mutation ($input: PromoteCheckpointInput!) { promoteCheckpoint(input: $input) { ... on CheckpointAlias { name } } }`,
      { input: { checkpointId: id, alias: `alias-${made}` } },
    );
  }

  it('cost as many SQL statements for six items as for two', async () => {
    const cost = async (): Promise<Record<string, number>> => {
      const counts: Record<string, number> = {};
      for (const [name, query] of Object.entries(LISTS)) {
        counts[name] = await countQueries(app, () => app.client.data(query));
      }
      return counts;
    };
    await makeOneOfEach();
    await makeOneOfEach();
    const few = await cost();
    expect(Object.values(few).every((count) => count > 0)).toBe(true);
    for (let more = 0; more < 4; more += 1) await makeOneOfEach();
    expect(await cost()).toEqual(few);
    const { checkpoints } = await app.client.data<{ checkpoints: { nodes: { aliases: string[] }[] } }>(
      LISTS.checkpoints,
    );
    expect(checkpoints.nodes.map(({ aliases }) => aliases)).toEqual(
      [6, 5, 4, 3, 2, 1].map((number) => [`alias-${number}`]),
    );
  }, 120_000);

  it('hand out a checkpoint as a safetensors file under the official names', async () => {
    const checkpoint = await makeCheckpoint(app.application, ['warm', 'cold'], 9);
    const stored = await app.application.get(CheckpointStore, { strict: false }).load(checkpoint.id);
    const response = await fetch(`${app.url}/checkpoints/${checkpoint.id}/parameters.safetensors`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(Number(response.headers.get('content-length'))).toBe(bytes.byteLength);
    const { tensors, metadata } = decodeSafetensors(bytes, 'export');
    // the official state dict carries the position table, which is computed here
    expect(Object.keys(tensors).sort()).toEqual(['backbone.1.pe', ...Object.keys(stored.parameters)].sort());
    expect(tensors['fc.W']).toEqual(stored.parameters['fc.W']);
    expect(tensors['backbone.0.body.conv1.weight'].shape).toEqual([8, 3, 7, 7]);
    expect(JSON.parse(metadata.get('labels') ?? '')).toEqual(['warm', 'cold']);
    const missing = await fetch(`${app.url}/checkpoints/nothing/parameters.safetensors`);
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });
});
