import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { PICTURE_IMPORT, startAppWithPictures } from '../../../test/support/app-with-pictures.js';
import { endlessUpload } from '../../../test/support/endless-upload.js';
import { make } from '../../../test/support/make.js';
import { jpegOf } from '../../../test/support/picture-folder.js';
import type { StartedApp } from '../../../test/support/start-app.js';

describe('images over HTTP', () => {
  let app: StartedApp;

  beforeAll(async () => {
    app = await startAppWithPictures({
      Q2L_LIMIT_UPLOAD_BYTES: '100000',
      Q2L_LIMIT_IMAGE_PIXELS: '2000000',
      Q2L_LIMIT_BODY_BYTES: '65536',
    });
  });

  afterAll(() => app.stop());

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
      const dataset = await make(app.client, 'importDataset', PICTURE_IMPORT);
      const { images } = await app.client.data<{ images: { nodes: { url: string }[] } }>(
        'query ($dataset: ID!) { images(dataset: $dataset, first: 1) { nodes { url } } }',
        { dataset },
      );
      const served = await fetch(`${app.url}${images.nodes[0].url}`);
      expect(Buffer.from(await served.arrayBuffer()).equals(await jpegOf('#ff0000'))).toBe(true);
    });

    it.each(['00000000-0000-7000-8000-000000000000', 'x', '..%2f..%2fq2l.sqlite'])('answers 404 for %s', async (id) => {
      const answer = await fetch(`${app.url}/images/${id}`);
      expect([answer.status, await answer.json()]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
    });
  });
});
