import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeColourFolders } from './support/colour-folders.js';
import { type ServerProcess, startServerProcess } from './support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';

/** A small ViT for 32 by 32 pixels, or for another number of patches of 16 by 16 in a row. */
const vit = (positionGrid: number, size: number, weights?: object) => ({
  backbone: { name: 'vit-b-16', options: { layers: 1, width: 8, heads: 2, positionGrid }, ...weights },
  decoder: { name: 'linear' },
  loss: { name: 'binary-cross-entropy' },
  image: { size },
});
const POSITIONS = 'backbone.0.encoder.pos_embedding';
const IMPORT = `mutation ($input: ImportCheckpointInput!) {
  importCheckpoint(input: $input) {
    ... on ImportedCheckpoint { report { missing unexpected resized { name from to } } }
    ... on UserError { message }
  }
}`;

describe('weights of another image size', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let server: ServerProcess;
  let datasetId: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    database = await createTestDatabase();
    await writeColourFolders(join(folder.path, 'pictures'), { train: 4, validation: 2 });
    await mkdir(join(folder.path, 'weights'));
    server = await startServerProcess({
      Q2L_DATA: join(folder.path, 'data'),
      Q2L_IMPORT_FOLDERS: `pictures=${join(folder.path, 'pictures')},weights=${join(folder.path, 'weights')}`,
      Q2L_WEIGHTS: join(folder.path, 'weights'),
      DATABASE_URL: database.url,
    });
    const { importDataset } = await server.client.data<{ importDataset: { id: string } }>(
      `mutation ($input: ImportDatasetInput!) { importDataset(input: $input) { ... on Dataset { id } ... on UserError { message } } }`,
      { input: { name: 'colours', folder: 'pictures', importer: { name: 'folder', options: {} }, wait: true } },
    );
    datasetId = importDataset.id;
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await folder.remove();
  }, 60_000);

  async function pipeline(definition: object): Promise<string> {
    const { createPipeline } = await server.client.data<{ createPipeline: { id: string } }>(
      `mutation ($input: CreatePipelineInput!) { createPipeline(input: $input) { ... on Pipeline { id } ... on UserError { message } } }`,
      { input: { name: 'vit', definition } },
    );
    return createPipeline.id;
  }

  /** Trains for an epoch. @returns what its log says, and where its parameters are */
  async function train(definition: object): Promise<{ readonly log: readonly string[]; readonly parameters: string }> {
    const recipe = { epochs: 1, batchSize: 4, augmentations: [], averageDecay: null };
    const { startTrainingRun } = await server.client.data<{ startTrainingRun: { id: string } }>(
      `mutation ($input: StartTrainingRunInput!) { startTrainingRun(input: $input) { ... on TrainingRun { id } ... on UserError { message } } }`,
      { input: { pipelineId: await pipeline(definition), datasetId, recipe } },
    );
    const { id } = startTrainingRun;
    const log: string[] = [];
    const lines = server.client.subscribe(`subscription ($id: ID!) { trainingRunLog(id: $id) { message } }`, { id });
    for await (const { data } of lines)
      log.push((data as { trainingRunLog: { message: string } }).trainingRunLog.message);
    const { checkpoints } = await server.client.data<{ checkpoints: { nodes: { parametersUrl: string }[] } }>(
      `query ($id: ID!) { checkpoints(runId: $id) { nodes { parametersUrl } } }`,
      { id },
    );
    return { log, parameters: server.url + checkpoints.nodes[0].parametersUrl };
  }

  it('are interpolated, and log of the run and report of the import say so', async () => {
    const fitting = await train(vit(2, 32));
    expect(fitting.log.join('\n')).not.toContain('interpolated');
    const parameters = Buffer.from(await (await fetch(fitting.parameters)).arrayBuffer());
    await writeFile(join(folder.path, 'weights/vit-32.safetensors'), parameters);

    const larger = await train(vit(3, 48, { weights: { file: 'vit-32.safetensors' } }));
    expect(larger.log).toContain(`interpolated ${POSITIONS} from [1, 5, 8] to [1, 10, 8]`);

    const other = await train(vit(2, 48));
    expect(other.log).toContain(
      'vit-b-16: position embeddings of 2 x 2 cells are interpolated to 3 x 3 cells, for images of 48 x 48 pixels',
    );

    const input = {
      ...{ pipelineId: await pipeline(vit(3, 48)), labels: ['blue', 'green', 'red'] },
      file: { folder: 'weights', path: 'vit-32.safetensors' },
    };
    expect(await server.client.data(IMPORT, { input })).toEqual({
      importCheckpoint: {
        report: { missing: [], unexpected: [], resized: [{ name: POSITIONS, from: [1, 5, 8], to: [1, 10, 8] }] },
      },
    });
  }, 120_000);
});
