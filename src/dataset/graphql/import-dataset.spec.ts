import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PICTURE_IMPORT, startAppWithPictures } from '../../../test/support/app-with-pictures.js';
import { make } from '../../../test/support/make.js';
import { PICTURE_OPTIONS } from '../../../test/support/picture-folder.js';
import type { StartedApp } from '../../../test/support/start-app.js';

const IMPORT = `mutation ($input: ImportDatasetInput!) {
  importDataset(input: $input) {
    __typename
    ... on Dataset { id status imageCount report { images missing { count } overlap { splits count } } }
    ... on UserError { code message help }
  }
}`;

describe('importing datasets over GraphQL', () => {
  let app: StartedApp;
  let dataset: string;

  beforeAll(async () => {
    app = await startAppWithPictures();
    dataset = await make(app.client, 'importDataset', PICTURE_IMPORT);
  });

  afterAll(() => app.stop());

  it('deals out images without splits, and remembers how', async () => {
    const query = `mutation ($input: ImportDatasetInput!) { importDataset(input: $input) {
      ... on Dataset { splits { name entryCount } stratification }
      ... on UserError { code message }
    } }`;
    const { splitColumn: _none, ...options } = PICTURE_OPTIONS;
    const parts = [
      { split: 'train', part: 3 },
      { split: 'validation', part: 1 },
    ];
    const whole = { name: 'dealt', folder: 'pictures', importer: { name: 'jsonl', options }, stratify: { parts } };
    const first = await app.client.data(query, { input: whole });
    expect(first).toEqual({
      importDataset: {
        splits: [
          { name: 'train', entryCount: 8 },
          { name: 'validation', entryCount: 3 },
        ],
        stratification: { parts, seed: 0 },
      },
    });
    expect(await app.client.data(query, { input: whole })).toEqual(first);
    expect(await app.client.data(query, { input: { ...whole, stratify: { parts, seed: 1 } } })).toMatchObject({
      importDataset: { code: 'CONFLICT' },
    });
    expect(
      await app.client.data(query, { input: { ...PICTURE_IMPORT, name: 'refused', stratify: { parts } } }),
    ).toMatchObject({
      importDataset: { code: 'INVALID_INPUT', message: expect.stringContaining('give the splits train, validation') },
    });
  });

  it('imports and answers the report', async () => {
    expect((await app.client.data(IMPORT, { input: PICTURE_IMPORT })).importDataset).toEqual({
      __typename: 'Dataset',
      id: dataset,
      status: 'READY',
      imageCount: 6,
      report: { images: 6, missing: { count: 1 }, overlap: [{ splits: ['train', 'validation'], count: 1 }] },
    });
  });

  it('answers at once if told not to wait', async () => {
    const answer = await app.client.data<{ importDataset: { id: string; status: string } }>(IMPORT, {
      input: { ...PICTURE_IMPORT, name: 'later', wait: false },
    });
    expect(answer.importDataset.status).toBe('IMPORTING');
    const query = `{ datasets(first: 1) { nodes { name status importProgress { phase done total perSecond secondsLeft } } } }`;
    const deadline = Date.now() + 10_000;
    let status = '';
    while (status !== 'READY' && Date.now() < deadline) {
      const { datasets } = await app.client.data<{ datasets: { nodes: { status: string }[] } }>(query);
      ({ status } = datasets.nodes[0]);
    }
    expect(status).toBe('READY');
  });

  it.each([
    ['NotFound', { ...PICTURE_IMPORT, folder: 'nowhere' }],
    ['InvalidInput', { ...PICTURE_IMPORT, name: 'x', path: '../..' }],
    ['Conflict', { ...PICTURE_IMPORT, importer: { name: 'folder', options: {} } }],
  ])('answers %s as a member of the union', async (typename, wrong) => {
    expect((await app.client.data(IMPORT, { input: wrong })).importDataset).toMatchObject({ __typename: typename });
  });
});
