import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CheckpointStore } from '../src/checkpoint/checkpoint-store.js';
import { makeCheckpoint } from './support/make-checkpoint.js';
import { jpegOf } from './support/picture-folder.js';
import { documentsOf, runQ2l } from './support/run-q2l.js';
import { type StartedApp, startApp } from './support/start-app.js';

const ERROR = '__typename ... on UserError { code message help } ... on DamagedCheckpoint { checkpoint file }';

describe('a checkpoint whose files are damaged or gone', () => {
  let app: StartedApp;
  let image: string;

  beforeAll(async () => {
    app = await startApp({ Q2L_THREADS: '1' });
    image = (await jpegOf('#ff0000')).toString('base64');
  }, 60_000);

  afterAll(() => app.stop());

  const folderOf = (id: string) => app.application.get(CheckpointStore, { strict: false }).folder(id);
  const predict = (checkpoint: string) =>
    app.client.data(`query ($input: PredictInput!) { predict(input: $input) { ${ERROR} } }`, {
      input: { checkpoint, images: [{ base64: image }] },
    });

  it.each([
    ['parameters.safetensors', 'is damaged'],
    ['manifest.json', 'has SHA-256'],
  ])(
    'is answered as DamagedCheckpoint with %s named, over GraphQL and HTTP',
    async (file, fault) => {
      const { id } = await makeCheckpoint(app.application, ['warm', 'cold']);
      await writeFile(join(folderOf(id), file), 'not what was written');
      const error = { code: 'DAMAGED_CHECKPOINT', message: expect.stringContaining(`${file} ${fault}`) };
      expect(await predict(id)).toEqual({
        predict: { __typename: 'DamagedCheckpoint', checkpoint: id, file, help: expect.stringContaining('backup'), ...error }, // prettier-ignore
      });
      const response = await fetch(`${app.url}/checkpoints/${id}/parameters.safetensors`);
      expect([response.status, await response.json()]).toEqual([500, expect.objectContaining(error)]);
    },
    60_000,
  );

  it('becomes MISSING as soon as someone asks for it, and the report says so over GraphQL and in q2l', async () => {
    const { id } = await makeCheckpoint(app.application, ['warm', 'cold']);
    const damaged = await makeCheckpoint(app.application, ['warm', 'cold']);
    await rm(folderOf(id), { recursive: true });
    await writeFile(join(folderOf(damaged.id), 'parameters.safetensors'), 'short');
    expect(await predict(id)).toMatchObject({ predict: { __typename: 'DamagedCheckpoint', file: 'manifest.json' } });
    expect(await app.client.data('query ($id: String!) { checkpoint(idOrAlias: $id) { status } }', { id })).toEqual({
      checkpoint: { status: 'MISSING' },
    });
    const environment = { Q2L_SERVER: app.url };
    const text = await runQ2l(['checkpoints', 'reconcile'], { environment });
    expect(text.output).toContain(id);
    const json = await runQ2l(['checkpoints', 'reconcile', '--verify', '--json'], { environment });
    const found = { missing: [id], damaged: expect.arrayContaining([{ checkpoint: damaged.id, file: 'parameters.safetensors', fault: expect.stringContaining('5 bytes') }]) }; // prettier-ignore
    expect(documentsOf(json)).toEqual([expect.objectContaining({ ...found, verified: true })]);
    const { checkpointReconciliation } = await app.client.data(
      '{ checkpointReconciliation { verified missing damaged { checkpoint file fault } } }',
    );
    expect(checkpointReconciliation).toEqual({ verified: true, ...found });
  }, 60_000);
});
