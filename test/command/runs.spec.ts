import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { Q2lSession } from '../support/q2l-session.js';
import { TINY_PIPELINE, TINY_RECIPE } from '../support/scene-folder.js';

const NOBODY = '0197a5f0-0000-7000-8000-000000000000';

/** Later tests look at the runs of earlier ones. */
describe('q2l train, q2l runs and q2l ablate', () => {
  let q2l: Q2lSession;

  beforeAll(async () => {
    q2l = await Q2lSession.start();
    expect(await q2l.importScenes()).toMatchObject({ exitCode: EXIT_CODES.success });
    await q2l.text('pipelines', 'create', 'tiny', 'pipeline.yaml');
    const long = { ...TINY_RECIPE, epochs: 5000, evaluateEvery: 5000 };
    await writeFile(join(q2l.folder, 'long.yaml'), stringify(long));
  }, 120_000);

  afterAll(() => q2l?.end(), 60_000);

  it('train, with its progress in lines where there is no terminal', async () => {
    const trained = await q2l.run('train', 'tiny', 'scenes', '--recipe', 'recipe.json');
    expect(trained).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(trained.errors).toMatch(/^training \d+\/6 epoch \d\/2 {2}.*images\/s {2}loss \d.*mAP.*left$/m);
    expect(trained.output).toMatch(/Training run [0-9a-f-]{36}\n(.*\n)*status +succeeded/);
  }, 120_000);

  it('train as JSON: the run, each progress, the run', async () => {
    const lines = await q2l.documents('train', 'tiny', 'scenes', '--recipe', 'recipe.json');
    expect(lines[0]).toMatchObject({ run: { status: 'QUEUED' } });
    expect(lines.at(-1)).toMatchObject({ run: { status: 'SUCCEEDED', step: 6, totalSteps: 6 } });
    const between = lines.slice(1, -1);
    expect(between.length).toBeGreaterThan(0);
    expect(between).toEqual(between.map(() => ({ progress: expect.objectContaining({ totalSteps: 6 }) })));
    const { run, metrics } = lines.at(-1) as { run: { id: string }; metrics: unknown };
    expect(metrics).toContainEqual(expect.objectContaining({ name: 'learning-rate', weights: 'training', epoch: 0 }));
    expect(await q2l.text('runs', 'show', run.id)).toMatch(
      /^epoch +loss +learning rate +images\/s +voc-all-point, raw/m,
    );
  }, 120_000);

  it('runs list, show, watch, pause, resume, cancel', async () => {
    const [{ run }] = (await q2l.documents('train', 'tiny', 'scenes', '--recipe', 'long.yaml', '--detach')) as [
      { run: { id: string } },
    ];
    const untilItIs = async (status: string): Promise<void> => {
      for (;;) {
        const [shown] = (await q2l.documents('runs', 'show', run.id)) as [
          { run: { status: string; problem: unknown } },
        ];
        if (shown.run.status === status) return;
        expect(shown.run.problem).toBeNull();
        await delay(200);
      }
    };
    await untilItIs('RUNNING');
    expect(await q2l.text('runs', 'list', '--status', 'running')).toContain(run.id);
    expect(await q2l.documents('runs', 'list')).toMatchObject([{ runs: [{ id: run.id }, {}, {}] }]);
    expect(await q2l.text('runs', 'pause', run.id)).toContain(run.id);
    await untilItIs('PAUSED');
    await q2l.refused('ILLEGAL_TRANSITION', /resume.*cancel/s, 'runs', 'pause', run.id);
    expect(await q2l.text('runs', 'resume', run.id)).toContain(run.id);
    await untilItIs('RUNNING');
    const [watched] = await Promise.all([
      q2l.run('runs', 'watch', run.id),
      delay(1500).then(() => q2l.text('runs', 'cancel', run.id)),
    ]);
    expect(watched).toMatchObject({ exitCode: EXIT_CODES.runNotSucceeded });
    expect(watched.errors).toMatch(/error: Training run .* ended as CANCELLED/);
    await q2l.refused('NOT_FOUND', /training run/i, 'runs', 'show', NOBODY);
  }, 120_000);

  it('ablate: trains a grid, and writes a table and a plot', async () => {
    const ablation = {
      name: 'layers',
      pipeline: TINY_PIPELINE,
      recipe: { ...TINY_RECIPE, epochs: 1 },
      axes: {
        'pipeline.decoder.options.decoderLayers': [1, 2],
        'pipeline.loss': [{ name: 'asymmetric' }, { name: 'binary-cross-entropy' }],
      },
      seeds: [0, 1],
    };
    await writeFile(join(q2l.folder, 'layers.yaml'), stringify(ablation));
    const result = await q2l.text('ablate', 'scenes', 'layers.yaml', '--output', 'layers');
    expect(result).toMatch(/Ablation [0-9a-f-]{36}: 4 combinations, 8 runs/);
    expect(result).toMatch(/2 +\{"name":"binary-cross-entropy"\} +0\.\d{4} +0\.\d{4} +0\.\d{4}, 0\.\d{4}/);
    const table = await readFile(join(q2l.folder, 'layers/table.md'), 'utf8');
    expect(table).toMatch(/^\| decoderLayers \| loss \| voc-all-point, mean \| spread \| runs \|$/m);
    expect(table.match(/^\| [12] \| (asymmetric|binary-cross-entropy) \| 0\.\d{4} /gm)).toHaveLength(4);
    expect(await readFile(join(q2l.folder, 'layers/plot.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);

    const wrong = { ...ablation, axes: { 'pipeline.decoder.options.heads': [2, 3] } };
    await writeFile(join(q2l.folder, 'wrong-layers.yaml'), stringify(wrong));
    await q2l.refused('INVALID_INPUT', /With \[3\]: .*heads: received 3.*16/, 'ablate', 'scenes', 'wrong-layers.yaml');
    expect((await q2l.documents('pipelines', 'list', '--name', 'layers'))[0].pipelines).toHaveLength(4);
  }, 120_000);
});
