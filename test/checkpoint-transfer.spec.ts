import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Checkpoint } from '../src/checkpoint/checkpoint.entity.js';
import { decodeSafetensors, safetensorsChunks } from '../src/common/safetensors/index.js';
import { zipCheckpoint } from '../src/common/torch-file/testing/container-writer.js';
import { call, dictionary, global, text } from '../src/common/torch-file/testing/pickle-writer.js';
import { makeCheckpoint, SMALL_PIPELINE } from './support/make-checkpoint.js';
import { make } from './support/make.js';
import { jpegOf } from './support/picture-folder.js';
import { type StartedApp, startApp } from './support/start-app.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';

const LABELS = ['warm', 'cold', 'bright'];
const LIMIT = 4 * 2 ** 20;
const IMPORT = `mutation ($input: ImportCheckpointInput!) {
  importCheckpoint(input: $input) {
    __typename
    ... on ImportedCheckpoint {
      checkpoint { id kind labels parametersUrl }
      report { file format entry prefix matched missing unexpected ignored { name reason } resized { name } notes }
    }
    ... on UserError { code message help }
    ... on InvalidInput { fields { path } }
  }
}`;
const PREDICT = `query ($input: PredictInput!) {
  predict(input: $input) {
    ... on PredictionBatch { results { ... on Prediction { labels { label score threshold } } } }
    ... on UserError { message }
  }
}`;

interface Imported {
  readonly __typename: string;
  readonly checkpoint: {
    readonly id: string;
    readonly kind: string;
    readonly labels: string[];
    readonly parametersUrl: string;
  };
  readonly report: {
    readonly format: string;
    readonly entry: string;
    readonly matched: string[];
    readonly missing: string[];
    readonly unexpected: string[];
    readonly notes: string[];
  };
}
interface Refused {
  readonly code: string;
  readonly message: string;
  readonly help: string | null;
  readonly fields?: readonly { readonly path: string }[];
}

describe('checkpoints as files', () => {
  let app: StartedApp;
  let allowed: TemporaryFolder;
  let original: Checkpoint;
  let pipelineId: string;
  let exported: Buffer;

  beforeAll(async () => {
    allowed = await temporaryFolder();
    app = await startApp({
      Q2L_IMPORT_FOLDERS: `models=${join(allowed.path, 'models')}`,
      Q2L_LIMIT_CHECKPOINT_BYTES: String(LIMIT),
    });
    original = await makeCheckpoint(app.application, LABELS);
    pipelineId = await make(app.client, 'createPipeline', { name: 'small', definition: SMALL_PIPELINE });
    exported = Buffer.from(
      await (await fetch(`${app.url}/checkpoints/${original.id}/parameters.safetensors`)).arrayBuffer(),
    );
    await mkdir(join(allowed.path, 'models', 'sub'), { recursive: true });
    await writeFile(join(allowed.path, 'models', 'sub', 'small.safetensors'), exported);
    await writeFile(join(allowed.path, 'secret.safetensors'), exported);
    await symlink(join(allowed.path, 'secret.safetensors'), join(allowed.path, 'models', 'link.safetensors'));
  }, 60_000);
  afterAll(async () => {
    await app?.stop();
    await allowed?.remove();
  });

  const upload = (bytes: Uint8Array, type = 'application/octet-stream') =>
    fetch(`${app.url}/checkpoints/uploads`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: Buffer.from(bytes),
    });

  async function uploaded(bytes: Uint8Array): Promise<string> {
    const answer = (await (await upload(bytes)).json()) as { id: string };
    return answer.id;
  }

  async function importing<Answer>(input: object): Promise<Answer> {
    const data = await app.client.data<{ importCheckpoint: Answer }>(IMPORT, { input: { pipelineId, ...input } });
    return data.importCheckpoint;
  }

  async function refusal(input: object): Promise<Refused> {
    const answer = await importing<Refused>(input);
    expect(answer).toHaveProperty('code');
    return answer;
  }

  const waiting = () => readdir(join(app.folder, 'data', 'checkpoint-uploads'));

  async function scores(checkpoint: string): Promise<unknown> {
    const images = [{ base64: (await jpegOf('red')).toString('base64') }];
    const answer = await app.client.data(PREDICT, { input: { checkpoint, images } });
    expect(answer).toMatchObject({
      predict: { results: [{ labels: LABELS.map(() => ({ score: expect.any(Number) })) }] },
    });
    return answer;
  }

  /** The exported file with some tensors changed or gone. */
  function changed(change: (tensors: Record<string, unknown>) => void, metadata = {}): Buffer {
    const tensors = { ...decodeSafetensors(exported, 'exported').tensors };
    change(tensors);
    return Buffer.concat([...safetensorsChunks(tensors, metadata)]);
  }

  it('an export comes back as the same checkpoint: parameters byte for byte, labels, predictions', async () => {
    const { checkpoint, report } = await importing<Imported>({ uploadId: await uploaded(exported) });
    expect(checkpoint).toMatchObject({ kind: 'IMPORTED', labels: LABELS });
    expect(report).toMatchObject({ format: 'safetensors', entry: '', missing: [], unexpected: [] });
    expect(report.notes).toEqual([expect.stringMatching(/^backbone.1.pe equals the computed table within 0/)]);
    const again = Buffer.from(await (await fetch(app.url + checkpoint.parametersUrl)).arrayBuffer());
    expect(decodeSafetensors(again, 'again').tensors).toEqual(decodeSafetensors(exported, 'exported').tensors);
    expect(await scores(checkpoint.id)).toEqual(await scores(original.id));
    expect(await waiting()).toEqual([]);
  });

  it('a file of an allowed folder is taken by name; no path leads out of it', async () => {
    const file = (path: string, folder = 'models') => ({ file: { folder, path } });
    expect((await importing<Imported>(file('sub/small.safetensors'))).__typename).toBe('ImportedCheckpoint');
    for (const path of ['../secret.safetensors', 'link.safetensors', join(allowed.path, 'secret.safetensors')]) {
      expect(await refusal(file(path))).toMatchObject({
        message: expect.stringMatching(/leads out of the import folder/),
      });
    }
    expect(await refusal(file('none.pth'))).toMatchObject({
      message: expect.stringMatching(/"none.pth" does not exist/),
    });
    expect(await refusal(file('sub'))).toMatchObject({ message: expect.stringMatching(/"sub" is a folder/) });
    expect(await refusal(file('x', 'models2'))).toMatchObject({
      code: 'NOT_FOUND',
      help: expect.stringMatching(/models/),
    });
    expect(await refusal({})).toMatchObject({ message: expect.stringMatching(/received neither/) });
    expect(await refusal({ ...file('x'), uploadId: original.id })).toMatchObject({
      message: expect.stringMatching(/both/),
    });
  });

  it('what would have to be executed is refused by name, and nothing is left', async () => {
    const evil = dictionary([
      text('state_dict'),
      call(global('posix', 'system'), text(`touch ${app.folder}/executed`)),
    ]);
    const before = await readdir(app.folder);
    const answer = await refusal({ uploadId: await uploaded(zipCheckpoint(evil)), name: 'evil.pth' });
    expect(answer).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/evil.pth: refused, nothing of it was executed: .*posix.system/),
      help: expect.stringMatching(/state dict/),
    });
    expect(await readdir(app.folder)).toEqual(before);
  });

  it('labels come from the request, and their number from the file', async () => {
    const uploadId = await uploaded(changed(() => undefined));
    expect(await refusal({ uploadId })).toMatchObject({
      message: expect.stringMatching(/labels: none were given.* is for 3 labels \("query_embed.weight" is \[3, 16\]\)/),
    });
    expect(await refusal({ uploadId, labels: ['a', 'b'] })).toMatchObject({
      message: expect.stringMatching(/received 2; .* 3 labels/),
    });
    expect(await refusal({ uploadId, labels: ['a', 'b', 'a'] })).toMatchObject({
      message: expect.stringMatching(/"a" is listed twice/),
    });
    expect(await refusal({ uploadId, datasetId: original.id })).toMatchObject({ code: 'NOT_FOUND' });
    const { checkpoint } = await importing<Imported>({ uploadId, labels: ['x', 'y', 'z'] });
    expect(checkpoint.labels).toEqual(['x', 'y', 'z']);
  });

  it('what a file lacks comes from a base checkpoint, and is listed', async () => {
    const withoutHead = changed((tensors) => delete tensors['fc.W']);
    const uploadId = await uploaded(withoutHead);
    expect(await refusal({ uploadId, labels: LABELS })).toMatchObject({
      message: expect.stringMatching(/does not fit the pipeline: .* missing: fc.W/),
      help: expect.stringMatching(/backbone fits/),
    });
    const { checkpoint, report } = await importing<Imported>({ uploadId, baseCheckpoint: original.id });
    expect(report.missing).toEqual(['fc.W']);
    expect(await scores(checkpoint.id)).toEqual(await scores(original.id));
  });

  it('a wrong network is explained', async () => {
    const backboneOnly = changed((tensors) => {
      for (const name of Object.keys(tensors)) if (!name.startsWith('backbone.0.')) delete tensors[name];
    });
    expect(await refusal({ uploadId: await uploaded(backboneOnly), labels: LABELS })).toMatchObject({
      help: expect.stringMatching(/backbone alone.*weights folder/),
    });
    const more = changed((tensors) => (tensors['transformer.decoder.layers.2.norm1.weight'] = tensors['fc.b']));
    const uploadId = await uploaded(more);
    expect(await refusal({ uploadId, labels: LABELS })).toMatchObject({
      message: expect.stringMatching(/unexpected: transformer.decoder.layers.2.norm1.weight/),
    });
    const { report } = await importing<Imported>({ uploadId, labels: LABELS, ignoreUnexpected: true });
    expect(report.unexpected).toEqual(['transformer.decoder.layers.2.norm1.weight']);
    const positions = changed((tensors) => {
      tensors['backbone.1.pe'] = { dtype: 'float32', shape: [1, 16, 4, 4], data: new Float32Array(256) };
    });
    expect(await refusal({ uploadId: await uploaded(positions), labels: LABELS })).toMatchObject({
      message: expect.stringMatching(/"backbone.1.pe" differs from the computed table by up to 1/),
    });
    const larger = changed((tensors) => {
      tensors['backbone.1.pe'] = { dtype: 'float32', shape: [1, 16, 6, 6], data: new Float32Array(576) };
    });
    const { report: noted } = await importing<Imported>({ uploadId: await uploaded(larger), labels: LABELS });
    expect(noted.notes).toEqual([
      'backbone.1.pe is [1, 16, 6, 6], of another image size; it is computed here as [1, 16, 4, 4].',
    ]);
  });

  it('uploads have limits: type, size, and how many wait', async () => {
    expect(await (await upload(exported, 'image/png')).json()).toMatchObject({
      message: expect.stringMatching(/image\/png/),
    });
    const large = await upload(Buffer.alloc(LIMIT + 1));
    expect(large.status).toBe(400);
    expect(await large.json()).toMatchObject({ message: expect.stringMatching(/larger than 4194304 bytes/) });
    expect((await upload(Buffer.alloc(0))).status).toBe(400);
    const before = (await waiting()).length;
    for (let count = before; count < 8; count += 1) expect((await upload(Buffer.from('{}'))).status).toBe(201);
    expect((await upload(Buffer.from('{}'))).status).toBe(409);
    expect(await waiting()).toHaveLength(8);
  });
});
