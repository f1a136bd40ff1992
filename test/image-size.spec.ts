import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeColourFolders } from './support/colour-folders.js';
import { importLabelFolders, make } from './support/make.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { logOf } from './support/training-runs.js';

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
  let own: OwnServer;
  let datasetId: string;

  beforeAll(async () => {
    own = await startOwnServer(
      { Q2L_IMPORT_FOLDERS: 'pictures=pictures,weights=weights', Q2L_WEIGHTS: 'weights' },
      async (folder) => {
        await writeColourFolders(join(folder, 'pictures'), { train: 4, validation: 2 });
        await mkdir(join(folder, 'weights'));
      },
    );
    datasetId = await importLabelFolders(own.client, 'pictures');
  }, 120_000);
  afterAll(() => own.remove(), 60_000);

  const pipeline = (definition: object): Promise<string> =>
    make(own.client, 'createPipeline', { name: 'vit', definition });

  /** Trains for an epoch. @returns what its log says, and where its parameters are */
  async function train(definition: object): Promise<{ readonly log: readonly string[]; readonly parameters: string }> {
    const recipe = { epochs: 1, batchSize: 4, augmentations: [], averageDecay: null };
    const id = await make(own.client, 'startTrainingRun', {
      pipelineId: await pipeline(definition),
      datasetId,
      recipe,
    });
    const log = await logOf(own, id);
    const { checkpoints } = await own.client.data<{ checkpoints: { nodes: { parametersUrl: string }[] } }>(
      `query ($id: ID!) { checkpoints(runId: $id) { nodes { parametersUrl } } }`,
      { id },
    );
    return { log, parameters: own.server.url + checkpoints.nodes[0].parametersUrl };
  }

  it('are interpolated, and log of the run and report of the import say so', async () => {
    const fitting = await train(vit(2, 32));
    expect(fitting.log.join('\n')).not.toContain('interpolated');
    const parameters = Buffer.from(await (await fetch(fitting.parameters)).arrayBuffer());
    await writeFile(join(own.folder, 'weights/vit-32.safetensors'), parameters);

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
    expect(await own.client.data(IMPORT, { input })).toEqual({
      importCheckpoint: {
        report: { missing: [], unexpected: [], resized: [{ name: POSITIONS, from: [1, 5, 8], to: [1, 10, 8] }] },
      },
    });
  }, 120_000);
});
