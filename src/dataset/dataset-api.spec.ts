import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { countQueries } from '../../test/support/count-queries.js';
import { type StartedApp, startApp } from '../../test/support/start-app.js';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { jpegOf, PICTURE_OPTIONS, writePictureFolder } from '../../test/support/picture-folder.js';

const IMPORT = `mutation ($input: ImportDatasetInput!) {
  importDataset(input: $input) {
    __typename
    ... on Dataset { id status imageCount report { images missing { count } overlap { splits count } } }
    ... on UserError { code message help }
  }
}`;
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

describe('datasets over GraphQL and HTTP', () => {
  let app: StartedApp;
  let source: string;
  let dataset: string;
  const input = {
    name: 'colours',
    importer: { name: 'jsonl', options: PICTURE_OPTIONS },
    folder: 'pictures',
  };

  beforeAll(async () => {
    source = (await temporaryFolder()).path;
    await writePictureFolder(source);
    app = await startApp({
      Q2L_IMPORT_FOLDERS: `pictures=${source}`,
      Q2L_LIMIT_UPLOAD_BYTES: '100000',
      Q2L_LIMIT_IMAGE_PIXELS: '2000000',
      Q2L_LIMIT_BODY_BYTES: '65536',
    });
    const answer = await app.client.data<{ importDataset: { id: string } }>(IMPORT, { input });
    dataset = answer.importDataset.id;
  });
  afterAll(async () => {
    await app.stop();
    await rm(source, { recursive: true });
  });

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
    expect(await app.client.data(query, { input: { ...input, name: 'refused', stratify: { parts } } })).toMatchObject({
      importDataset: { code: 'INVALID_INPUT', message: expect.stringContaining('give the splits train, validation') },
    });
  });

  it('imports and answers the report', async () => {
    expect((await app.client.data(IMPORT, { input })).importDataset).toEqual({
      __typename: 'Dataset',
      id: dataset,
      status: 'READY',
      imageCount: 6,
      report: { images: 6, missing: { count: 1 }, overlap: [{ splits: ['train', 'validation'], count: 1 }] },
    });
  });

  it('answers at once if told not to wait', async () => {
    const answer = await app.client.data<{ importDataset: { id: string; status: string } }>(IMPORT, {
      input: { ...input, name: 'later', wait: false },
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
    ['NotFound', { ...input, folder: 'nowhere' }],
    ['InvalidInput', { ...input, name: 'x', path: '../..' }],
    ['Conflict', { ...input, importer: { name: 'folder', options: {} } }],
  ])('answers %s as a member of the union', async (typename, wrong) => {
    expect((await app.client.data(IMPORT, { input: wrong })).importDataset).toMatchObject({ __typename: typename });
  });

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

  describe('POST /images', () => {
    const post = (body: RequestInit['body'], headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${app.url}/images`, { method: 'POST', body, headers });

    it('takes the bytes of a picture and serves them by id', async () => {
      const picture = await jpegOf('#336699');
      const answer = await post(new Uint8Array(picture), { 'content-type': 'image/png' });
      expect(answer.status).toBe(201);
      const upload = (await answer.json()) as { id: string; url: string };
      expect(upload).toMatchObject({ width: 32, height: 24, format: 'jpeg', bytes: picture.length });
      const served = await fetch(`${app.url}${upload.url}`);
      expect(Buffer.from(await served.arrayBuffer()).equals(picture)).toBe(true);
      expect(Object.fromEntries(served.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, max-age=3600',
        etag: `"${createHash('sha256').update(picture).digest('hex')}"`,
      });
      const again = await fetch(`${app.url}${upload.url}`, {
        headers: { 'if-none-match': served.headers.get('etag') ?? '' },
      });
      expect(again.status).toBe(304);
    });

    it('takes the file of a form', async () => {
      const form = new FormData();
      form.set('note', 'hello');
      form.set('file', new Blob([new Uint8Array(await jpegOf('#001122'))]), 'a.jpg');
      const answer = await post(form);
      expect([answer.status, await answer.json()]).toEqual([
        201,
        expect.objectContaining({ format: 'jpeg', width: 32 }),
      ]);
    });

    it.each([
      ['a page', '<html></html>', { 'content-type': 'image/jpeg' }, 422, /an HTML file/],
      ['another content type', '{}', { 'content-type': 'text/plain' }, 400, /received text\/plain/],
      ['an empty body', '', { 'content-type': 'image/png' }, 422, /an empty file/],
      ['a broken form', 'x', { 'content-type': 'multipart/form-data' }, 400, /form/],
    ])('refuses %s', async (_case, body, headers, status, message) => {
      const answer = await post(body, headers);
      const { code, message: text } = (await answer.json()) as { code: string; message: string };
      expect([answer.status, text]).toEqual([status, expect.stringMatching(message)]);
      expect(code).toMatch(/^(UNREADABLE_IMAGE|INVALID_INPUT)$/);
    });

    it('refuses a form without a file, and a file in it that is no picture, by its name', async () => {
      const empty = new FormData();
      empty.set('note', 'hello');
      expect(await (await post(empty)).json()).toMatchObject({ code: 'INVALID_INPUT' });
      const wrong = new FormData();
      wrong.set('file', new Blob(['GIF89a'.padEnd(9000, 'x')]), 'dance.jpg');
      expect(await (await post(wrong)).json()).toMatchObject({
        message: expect.stringMatching(/^dance.jpg: received a GIF/),
      });
    });

    it('answers as soon as the limit is passed, without waiting for the rest', async () => {
      const answer = await endlessUpload(app.url, await jpegOf('#ffffff'));
      expect(answer.status).toBe(413);
      expect(answer.body).toContain('received more than 100000 bytes');
      expect(answer.sent).toBeLessThan(5_000_000);
    });

    it('answers 413 for too many pixels, and for a GraphQL request beyond the limit of its body', async () => {
      const wide = await sharp({ create: { width: 2100, height: 1000, channels: 3, background: '#888888' } })
        .jpeg()
        .toBuffer();
      const pixels = await post(new Uint8Array(wide), { 'content-type': 'image/jpeg' });
      expect([pixels.status, await pixels.json()]).toEqual([
        413,
        expect.objectContaining({ code: 'UNREADABLE_IMAGE' }),
      ]);
      const body = JSON.stringify({ query: '{ __typename }', variables: { filler: 'x'.repeat(100_000) } });
      const large = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect([large.status, await large.json()]).toEqual([413, expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' })]);
    });

    it('leaves nothing of what it refused', async () => {
      const names = await readdir(join(app.folder, 'data/images'));
      expect(names.filter((name) => name.startsWith('incoming'))).toEqual([]);
    });
  });

  describe('GET /images/:id', () => {
    it('serves images of datasets', async () => {
      const { images } = await app.client.data<Listed>(LIST, { dataset, first: 1 });
      const served = await fetch(`${app.url}${images.nodes[0].url}`);
      expect(Buffer.from(await served.arrayBuffer()).equals(await jpegOf('#ff0000'))).toBe(true);
    });

    it.each(['00000000-0000-7000-8000-000000000000', 'x', '..%2f..%2fq2l.sqlite'])('answers 404 for %s', async (id) => {
      const answer = await fetch(`${app.url}/images/${id}`);
      expect([answer.status, await answer.json()]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
    });
  });
});

/** Sends a picture that never ends; stops when the server answers. */
function endlessUpload(url: string, start: Buffer): Promise<{ status?: number; body: string; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const upload = httpRequest(
      `${url}/images`,
      { method: 'POST', headers: { 'content-type': 'image/jpeg' } },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (text: string) => (body += text));
        answer.on('end', () => {
          upload.destroy();
          resolve({ status: answer.statusCode, body, sent });
        });
      },
    );
    upload.on('error', (error) => (upload.destroyed ? undefined : reject(error)));
    upload.write(start);
    const send = (): void => {
      if (upload.destroyed || sent > 50_000_000) return;
      sent += 16_384;
      upload.write(Buffer.alloc(16_384, sent % 251), () => setImmediate(send));
    };
    send();
  });
}
