import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { Q2lSession } from '../support/q2l-session.js';
import { SCENE_OPTIONS, TINY_PIPELINE } from '../support/scene-folder.js';

describe('q2l datasets and q2l pipelines', () => {
  let q2l: Q2lSession;

  beforeAll(async () => {
    q2l = await Q2lSession.start();
  }, 120_000);

  afterAll(() => q2l?.end(), 60_000);

  it('datasets import, list, show, delete', async () => {
    expect(await q2l.text('datasets', 'list')).toContain('There are no datasets yet');
    const options = JSON.stringify(SCENE_OPTIONS);
    const imported = await q2l.run('datasets', 'import', 'scenes', 'scenes', '--options', options);
    expect(imported).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(imported.output).toMatch(/images +train 24, validation 12/);
    expect(await q2l.text('datasets', 'list')).toMatch(/scenes +ready +36 /);
    expect(await q2l.documents('datasets', 'list')).toMatchObject([
      { datasets: [{ name: 'scenes', status: 'READY' }] },
    ]);
    expect(await q2l.text('datasets', 'show', 'scenes')).toMatch(/files unreadable +0/);
    expect(await q2l.documents('datasets', 'show', 'scenes')).toMatchObject([{ name: 'scenes', imageCount: 36 }]);
    await q2l.refused('NOT_FOUND', /no dataset "scnes"\. There are: scenes/, 'datasets', 'show', 'scnes');
    await q2l.refused('NOT_FOUND', /photos/, 'datasets', 'import', 'other', 'photos', '--options', options);
    await q2l.refused('INVALID_INPUT', /importer\.options\.splits/, 'datasets', 'import', 'other', 'scenes');
    await q2l.text('datasets', 'import', 'passing', 'scenes', '--options', options);
    expect(await q2l.text('datasets', 'delete', 'passing')).toBe('Deleted dataset passing\n');
    await q2l.refused('NOT_FOUND', /no dataset "passing"/, 'datasets', 'delete', 'passing');
  }, 60_000);

  it('pipelines presets, and one made from a preset', async () => {
    const list = await q2l.text('pipelines', 'presets');
    expect(list).toMatch(/q2l-r101-448 +.* 193\.8 M .* 102\.\d .* GB .* 0\.849 voc-all-point/);
    expect(list).toMatch(/q2l-small-64 +.* 0\.7 M /);
    const [document] = await q2l.documents('pipelines', 'presets', 'q2l-small-64', '--estimate', '--batch', '8');
    expect(document).toMatchObject({
      presets: [{ recipe: { learningRate: 0.001 }, published: null, estimate: { measuredPreset: 'q2l-r18-224' } }],
    });
    await q2l.refused('NOT_FOUND', /no pipeline preset "q2l-smal-64"/, 'pipelines', 'presets', 'q2l-smal-64');
    await writeFile(join(q2l.folder, 'changes.yaml'), stringify({ image: { size: 32 } }));
    await q2l.text('pipelines', 'create', 'from preset', 'changes.yaml', '--preset', 'q2l-small-64');
    expect(await q2l.documents('pipelines', 'show', 'from preset')).toMatchObject([
      { definition: { image: { size: 32 }, backbone: { options: { width: 16 } } } },
    ]);
  }, 120_000);

  it('pipelines create, list, show', async () => {
    expect(await q2l.text('pipelines', 'create', 'tiny', 'pipeline.yaml')).toMatch(/Pipeline tiny, version 1/);
    expect(await q2l.text('pipelines', 'list')).toMatch(/tiny +1 /);
    expect(await q2l.documents('pipelines', 'list', '--name', 'tiny')).toMatchObject([
      { pipelines: [{ name: 'tiny' }] },
    ]);
    expect(await q2l.text('pipelines', 'show', 'tiny')).toContain('"outputStride": 16');
    expect(await q2l.documents('pipelines', 'show', 'tiny')).toMatchObject([{ name: 'tiny', version: 1 }]);
    await q2l.refused('NOT_FOUND', /no pipeline "tny"/, 'pipelines', 'show', 'tny');
    await writeFile(join(q2l.folder, 'wrong.yaml'), stringify({ ...TINY_PIPELINE, loss: { name: 'binary' } }));
    await q2l.refused('NOT_FOUND', /loss "binary"/, 'pipelines', 'create', 'wrong', 'wrong.yaml');
    await writeFile(join(q2l.folder, 'broken.yaml'), 'backbone: [');
    for (const [file, words] of [
      ['broken.yaml', /broken\.yaml is not valid YAML or JSON/],
      ['gone.yaml', /gone\.yaml cannot be read: .*no such file/],
    ] as const) {
      const failed = await q2l.run('pipelines', 'create', 'wrong', file);
      expect(failed).toMatchObject({ exitCode: EXIT_CODES.failure, errors: expect.stringMatching(words) });
    }
  }, 60_000);
});
