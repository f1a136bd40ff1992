import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PICTURE_IMPORT, startAppWithPictures } from '../../../test/support/app-with-pictures.js';
import { countQueries } from '../../../test/support/count-queries.js';
import { make } from '../../../test/support/make.js';
import { jpegOf } from '../../../test/support/picture-folder.js';
import type { StartedApp } from '../../../test/support/start-app.js';

const LIST = `query ($dataset: ID!, $split: String, $label: String, $first: Int, $after: String) {
  images(dataset: $dataset, split: $split, label: $label, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id path url width height format bytes split { name imageCount entryCount } labels { name index } dataset { name } }
  }
}`;

interface Listed {
  readonly images: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly nodes: readonly {
      readonly path: string;
      readonly url: string;
      readonly labels: readonly { name: string }[];
    }[];
  };
}

describe('listing images over GraphQL', () => {
  let app: StartedApp;
  let dataset: string;

  beforeAll(async () => {
    app = await startAppWithPictures();
    dataset = await make(app.client, 'importDataset', PICTURE_IMPORT);
  });

  afterAll(() => app.stop());

  it('lists images by split and label, page by page', async () => {
    const { images } = await app.client.data<Listed>(LIST, { dataset, split: 'train', label: 'bright', first: 1 });
    expect([images.totalCount, images.pageInfo.hasNextPage]).toEqual([2, true]);
    expect(images.nodes).toEqual([
      {
        id: expect.any(String),
        path: 'photos/red.jpg',
        url: expect.stringMatching(/^\/images\/[0-9a-f-]{36}$/),
        width: 32,
        height: 24,
        format: 'jpeg',
        bytes: (await jpegOf('#ff0000')).length,
        split: { name: 'train', imageCount: 4, entryCount: 8 },
        labels: [
          { name: 'warm', index: 0 },
          { name: 'bright', index: 3 },
        ],
        dataset: { name: 'colours' },
      },
    ]);
    const after = images.pageInfo.endCursor;
    const next = await app.client.data<Listed>(LIST, { dataset, split: 'train', label: 'bright', first: 5, after });
    expect(next.images.nodes.map(({ path }) => path)).toEqual(['photos/green.jpg']);
  });

  it('names what does not exist', async () => {
    const { errors } = await app.client.send(LIST, { dataset, label: 'brigth' });
    expect(errors?.[0]).toMatchObject({ message: 'There is no label "brigth".', extensions: { code: 'NOT_FOUND' } });
    const { errors: split } = await app.client.send(LIST, { dataset, split: 'test' });
    expect(JSON.stringify(split)).toContain('validation');
  });

  it('needs as many statements for six images as for one', async () => {
    const one = await countQueries(app, () => app.client.data(LIST, { dataset, first: 1 }));
    const all = await countQueries(app, () => app.client.data(LIST, { dataset, first: 50 }));
    expect(one).toBeGreaterThan(3);
    expect(all).toBe(one);
  });
});
