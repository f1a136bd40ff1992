import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PICTURE_IMPORT, startAppWithPictures } from './support/app-with-pictures.js';
import { makeCheckpoint, SMALL_PIPELINE } from './support/make-checkpoint.js';
import type { StartedApp } from './support/start-app.js';

const AT_ONCE = 8;

/** Requests for one key at the same moment; on PostgreSQL their transactions really overlap. */
describe('mutations that store something unique, many at a time', () => {
  let app: StartedApp;

  beforeAll(async () => {
    app = await startAppWithPictures();
  });

  afterAll(() => app.stop());

  async function atOnce<Result>(
    mutation: (index: number) => { readonly query: string; readonly input: Readonly<Record<string, unknown>> },
    field: string,
  ): Promise<(Result & { readonly __typename: string })[]> {
    const answers = Array.from({ length: AT_ONCE }, async (_, index) => {
      const { query, input } = mutation(index);
      return app.client.data<Record<string, Result & { readonly __typename: string }>>(query, { input });
    });
    return (await Promise.all(answers)).map((answer) => answer[field]);
  }

  it('importDataset: one import, and a Conflict for each of the others', async () => {
    const query =
      'mutation ($input: ImportDatasetInput!) { importDataset(input: $input) { __typename ... on Dataset { id } ... on UserError { code message } } }';
    const input = { ...PICTURE_IMPORT, name: 'same' };
    const results = await atOnce(() => ({ query, input }), 'importDataset');
    const names = results.map(({ __typename }) => __typename).sort();
    expect(names).toEqual([...Array.from({ length: AT_ONCE - 1 }, () => 'Conflict'), 'Dataset']);
  });

  it('createPipeline: every request gets a version of its own', async () => {
    const query =
      'mutation ($input: CreatePipelineInput!) { createPipeline(input: $input) { __typename ... on Pipeline { version } ... on UserError { code message } } }';
    const results = await atOnce<{ version: number }>(
      (index) => ({
        query,
        input: { name: 'same', definition: { ...SMALL_PIPELINE, image: { size: 64 + 32 * index } } },
      }),
      'createPipeline',
    );
    expect(results.map(({ __typename }) => __typename)).toEqual(results.map(() => 'Pipeline'));
    const versions = results.map(({ version }) => version).sort((one, other) => one - other);
    expect(versions).toEqual(results.map((_, index) => index + 1));
  });

  it('promoteCheckpoint: the alias points at one of them, and nobody sees a failure of the server', async () => {
    const { id } = await makeCheckpoint(app.application, ['warm', 'cold']);
    const query =
      'mutation ($input: PromoteCheckpointInput!) { promoteCheckpoint(input: $input) { __typename ... on UserError { code message } } }';
    const results = await atOnce(() => ({ query, input: { checkpointId: id, alias: 'same' } }), 'promoteCheckpoint');
    expect(results.map(({ __typename }) => __typename)).toEqual(results.map(() => 'CheckpointAlias'));
  });
});
