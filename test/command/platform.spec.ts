import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { Q2lSession } from '../support/q2l-session.js';
import { documentsOf, runQ2l } from '../support/run-q2l.js';

describe('q2l engine, q2l plugins, q2l config, and what goes wrong before any', () => {
  let q2l: Q2lSession;

  beforeAll(async () => {
    q2l = await Q2lSession.start();
  }, 120_000);

  afterAll(() => q2l?.end(), 60_000);

  it('engine', async () => {
    const shown = await q2l.text('engine');
    expect(shown).toMatch(/name +onnxruntime\n/);
    expect(shown).toMatch(/cuda +(yes|no +Its library is missing.*ONNXRUNTIME_NODE_INSTALL)/);
    const [{ engine }] = await q2l.documents('engine');
    expect(engine).toMatchObject({ name: 'onnxruntime', threads: expect.any(Number) });
    expect(engine).toMatchObject({
      providers: [{ name: 'cuda' }, { name: 'webgpu' }, { name: 'cpu', available: true }],
    });
  }, 60_000);

  it('plugins list, show; config', async () => {
    expect(await q2l.text('plugins', 'list')).toMatch(/resnet +0\.1\.0 +backbone +resnet/);
    expect(await q2l.documents('plugins', 'list')).toMatchObject([{ plugins: expect.any(Array) }]);
    expect(await q2l.text('plugins', 'show', 'query2label')).toMatch(/hiddenSize +integer/);
    const shown = await q2l.documents('plugins', 'show', 'query2label');
    expect(shown).toMatchObject([{ components: [{ kind: 'DECODER', name: 'query2label' }] }]);
    await q2l.refused('NOT_FOUND', /no component "resent"/, 'plugins', 'show', 'resent');

    await writeFile(join(q2l.folder, 'q2l.config.yaml'), 'http:\n  port: 4321\n');
    const configured = await runQ2l(['config'], { folder: q2l.folder, environment: { LOG_LEVEL: 'warn' } });
    expect(configured).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(configured.output).toMatch(/http\.port +4321 +file +PORT/);
    expect(configured.output).toMatch(/logging\.level +warn +environment +LOG_LEVEL/);
    const [{ entries }] = documentsOf(await runQ2l(['config', '--json'], { folder: q2l.folder }));
    expect(entries).toContainEqual(expect.objectContaining({ name: 'http.port', value: 4321, source: 'file' }));
    const wrong = await runQ2l(['config'], { folder: q2l.folder, environment: { PORT: 'many' } });
    expect(wrong).toMatchObject({ exitCode: EXIT_CODES.failure, errors: expect.stringMatching(/PORT/) });
  }, 60_000);

  it('answers a wrong command line and a missing server with codes of their own', async () => {
    const wrong = await q2l.run('runs', 'lst');
    expect(wrong).toMatchObject({ exitCode: EXIT_CODES.usage, output: '' });
    const nowhere = await runQ2l(['runs', 'list', '--json', '--server', 'http://127.0.0.1:9']);
    expect(nowhere).toMatchObject({ exitCode: EXIT_CODES.unreachable, errors: '' });
    expect(documentsOf(nowhere)).toMatchObject([{ error: { code: 'ServerUnreachableError' } }]);
    expect(await q2l.text('evaluate', '--help')).toMatch(/Examples:\n {2}\$ q2l evaluate/);
  }, 30_000);
});
