import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { stringify } from 'yaml';
import { EXIT_CODES } from '../src/cli/exit-codes.js';
import { documentsOf, runQ2l, type Q2lResult } from './support/run-q2l.js';
import { SCENE_OPTIONS, TINY_PIPELINE, TINY_RECIPE, writeSceneFolder } from './support/scene-folder.js';
import { type ServerProcess, startServerProcess } from './support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';

const NOBODY = '0197a5f0-0000-7000-8000-000000000000';

/** Scores of a picture of the model's size, by the raw npm package. */
async function predictWithOnnxRuntime(model: string, path: string): Promise<readonly number[]> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const session = await InferenceSession.create(model);
  try {
    const images = new Tensor('float32', Float32Array.from(data), [1, info.height, info.width, 3]);
    const { scores } = await session.run({ images });
    return Array.from((await scores.getData()) as Float32Array);
  } finally {
    await session.release();
  }
}

/** The commands in the order in which a person comes to them; later ones need what earlier ones have made. */
describe('the q2l command against a server', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let server: ServerProcess;
  let picture: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    database = await createTestDatabase();
    const { unseen } = await writeSceneFolder(join(folder.path, 'scenes'));
    picture = unseen[0].path;
    await writeFile(join(folder.path, 'pipeline.yaml'), stringify(TINY_PIPELINE));
    await writeFile(join(folder.path, 'recipe.json'), JSON.stringify(TINY_RECIPE));
    await writeFile(join(folder.path, 'long.yaml'), stringify({ ...TINY_RECIPE, epochs: 5000, evaluateEvery: 5000 }));
    await writeFile(join(folder.path, 'broken.yaml'), 'backbone: [');
    server = await startServerProcess({
      Q2L_DATA: join(folder.path, 'data'),
      Q2L_IMPORT_FOLDERS: `scenes=${join(folder.path, 'scenes')}`,
      DATABASE_URL: database.url,
    });
  }, 120_000);

  afterAll(async () => {
    await server?.stop();
    await database?.drop();
    await folder?.remove();
  }, 60_000);

  const q2l = (...arguments_: string[]): Promise<Q2lResult> =>
    runQ2l(arguments_, { folder: folder.path, environment: { Q2L_SERVER: server.client.url } });

  /** What a person sees. */
  async function text(...arguments_: string[]): Promise<string> {
    const result = await q2l(...arguments_);
    expect(result).toMatchObject({ exitCode: EXIT_CODES.success });
    return result.output;
  }

  /** What a program reads: documents, and nothing else anywhere. */
  async function documents(...arguments_: string[]): Promise<Readonly<Record<string, unknown>>[]> {
    const result = await q2l(...arguments_, '--json');
    expect(result).toMatchObject({ exitCode: EXIT_CODES.success, errors: '' });
    return documentsOf(result);
  }

  /** A refusal: its exit code, its words, and the same as a document. */
  async function refused(code: string, words: RegExp, ...arguments_: string[]): Promise<void> {
    const [told, written] = await Promise.all([q2l(...arguments_), q2l(...arguments_, '--json')]);
    expect(told).toMatchObject({ exitCode: EXIT_CODES.refused, output: '', errors: expect.stringMatching(words) });
    expect(written).toMatchObject({ exitCode: EXIT_CODES.refused, errors: '' });
    expect(documentsOf(written)).toEqual([{ error: expect.objectContaining({ code, message: expect.any(String) }) }]);
  }

  it('datasets import, list, show, delete', async () => {
    expect(await text('datasets', 'list')).toContain('There are no datasets yet');
    const options = JSON.stringify(SCENE_OPTIONS);
    const imported = await q2l('datasets', 'import', 'scenes', 'scenes', '--options', options);
    expect(imported).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(imported.output).toMatch(/images +train 24, validation 12/);
    expect(await text('datasets', 'list')).toMatch(/scenes +ready +36 /);
    expect(await documents('datasets', 'list')).toMatchObject([{ datasets: [{ name: 'scenes', status: 'READY' }] }]);
    expect(await text('datasets', 'show', 'scenes')).toMatch(/files unreadable +0/);
    expect(await documents('datasets', 'show', 'scenes')).toMatchObject([{ name: 'scenes', imageCount: 36 }]);
    await refused('NOT_FOUND', /no dataset "scnes"\. There are: scenes/, 'datasets', 'show', 'scnes');
    await refused('NOT_FOUND', /photos/, 'datasets', 'import', 'other', 'photos', '--options', options);
    await refused('INVALID_INPUT', /importer\.options\.splits/, 'datasets', 'import', 'other', 'scenes');
    await text('datasets', 'import', 'passing', 'scenes', '--options', options);
    expect(await text('datasets', 'delete', 'passing')).toBe('Deleted dataset passing\n');
    await refused('NOT_FOUND', /no dataset "passing"/, 'datasets', 'delete', 'passing');
  }, 60_000);

  it('pipelines presets, and one made from a preset', async () => {
    const list = await text('pipelines', 'presets');
    expect(list).toMatch(/q2l-r101-448 +.* 193\.8 M .* 102\.\d .* GB .* 0\.849 voc-all-point/);
    expect(list).toMatch(/q2l-small-64 +.* 0\.7 M /);
    const [document] = await documents('pipelines', 'presets', 'q2l-small-64', '--estimate', '--batch', '8');
    expect(document).toMatchObject({
      presets: [{ recipe: { learningRate: 0.001 }, published: null, estimate: { measuredPreset: 'q2l-r18-224' } }],
    });
    await refused('NOT_FOUND', /no pipeline preset "q2l-smal-64"/, 'pipelines', 'presets', 'q2l-smal-64');
    await writeFile(join(folder.path, 'changes.yaml'), stringify({ image: { size: 32 } }));
    await text('pipelines', 'create', 'from preset', 'changes.yaml', '--preset', 'q2l-small-64');
    expect(await documents('pipelines', 'show', 'from preset')).toMatchObject([
      { definition: { image: { size: 32 }, backbone: { options: { width: 16 } } } },
    ]);
  }, 120_000);

  it('pipelines create, list, show', async () => {
    expect(await text('pipelines', 'create', 'tiny', 'pipeline.yaml')).toMatch(/Pipeline tiny, version 1/);
    expect(await text('pipelines', 'list')).toMatch(/tiny +1 /);
    expect(await documents('pipelines', 'list', '--name', 'tiny')).toMatchObject([{ pipelines: [{ name: 'tiny' }] }]);
    expect(await text('pipelines', 'show', 'tiny')).toContain('"outputStride": 16');
    expect(await documents('pipelines', 'show', 'tiny')).toMatchObject([{ name: 'tiny', version: 1 }]);
    await refused('NOT_FOUND', /no pipeline "tny"/, 'pipelines', 'show', 'tny');
    await writeFile(join(folder.path, 'wrong.yaml'), stringify({ ...TINY_PIPELINE, loss: { name: 'binary' } }));
    await refused('NOT_FOUND', /loss "binary"/, 'pipelines', 'create', 'wrong', 'wrong.yaml');
    for (const [file, words] of [
      ['broken.yaml', /broken\.yaml is not valid YAML or JSON/],
      ['gone.yaml', /gone\.yaml cannot be read: .*no such file/],
    ] as const) {
      const failed = await q2l('pipelines', 'create', 'wrong', file);
      expect(failed).toMatchObject({ exitCode: EXIT_CODES.failure, errors: expect.stringMatching(words) });
    }
  }, 60_000);

  it('train, with its progress in lines where there is no terminal', async () => {
    const trained = await q2l('train', 'tiny', 'scenes', '--recipe', 'recipe.json');
    expect(trained).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(trained.errors).toMatch(/^training \d+\/6 epoch \d\/2 {2}.*images\/s {2}loss \d.*mAP.*left$/m);
    expect(trained.output).toMatch(/Training run [0-9a-f-]{36}\n(.*\n)*status +succeeded/);
  }, 120_000);

  it('train as JSON: the run, each progress, the run', async () => {
    const lines = await documents('train', 'tiny', 'scenes', '--recipe', 'recipe.json');
    expect(lines[0]).toMatchObject({ run: { status: 'QUEUED' } });
    expect(lines.at(-1)).toMatchObject({ run: { status: 'SUCCEEDED', step: 6, totalSteps: 6 } });
    const between = lines.slice(1, -1);
    expect(between.length).toBeGreaterThan(0);
    expect(between).toEqual(between.map(() => ({ progress: expect.objectContaining({ totalSteps: 6 }) })));
    const { run, metrics } = lines.at(-1) as { run: { id: string }; metrics: unknown };
    expect(metrics).toContainEqual(expect.objectContaining({ name: 'learning-rate', weights: 'training', epoch: 0 }));
    expect(await text('runs', 'show', run.id)).toMatch(/^epoch +loss +learning rate +images\/s +voc-all-point, raw/m);
  }, 120_000);

  it('runs list, show, watch, pause, resume, cancel', async () => {
    const [{ run }] = (await documents('train', 'tiny', 'scenes', '--recipe', 'long.yaml', '--detach')) as [
      { run: { id: string } },
    ];
    const untilItIs = async (status: string): Promise<void> => {
      for (;;) {
        const [shown] = (await documents('runs', 'show', run.id)) as [{ run: { status: string; problem: unknown } }];
        if (shown.run.status === status) return;
        expect(shown.run.problem).toBeNull();
        await delay(200);
      }
    };
    await untilItIs('RUNNING');
    expect(await text('runs', 'list', '--status', 'running')).toContain(run.id);
    expect(await documents('runs', 'list')).toMatchObject([{ runs: [{ id: run.id }, {}, {}] }]);
    expect(await text('runs', 'pause', run.id)).toContain(run.id);
    await untilItIs('PAUSED');
    await refused('ILLEGAL_TRANSITION', /resume.*cancel/s, 'runs', 'pause', run.id);
    expect(await text('runs', 'resume', run.id)).toContain(run.id);
    await untilItIs('RUNNING');
    const [watched] = await Promise.all([
      q2l('runs', 'watch', run.id),
      delay(1500).then(() => text('runs', 'cancel', run.id)),
    ]);
    expect(watched).toMatchObject({ exitCode: EXIT_CODES.runNotSucceeded });
    expect(watched.errors).toMatch(/error: Training run .* ended as CANCELLED/);
    await refused('NOT_FOUND', /training run/i, 'runs', 'show', NOBODY);
  }, 120_000);

  it('checkpoints list, promote, export, delete; predict; evaluate', async () => {
    const [{ checkpoints }] = (await documents('checkpoints', 'list')) as [
      { checkpoints: { id: string; kind: string; runId: string; metrics: { value: number }[] }[] },
    ];
    const best = checkpoints.find(({ kind }) => kind === 'BEST');
    const last = checkpoints.find(({ kind, runId }) => kind === 'LAST' && runId === best?.runId);
    if (!best || !last) throw new Error('The runs have left no checkpoints.');
    expect(await text('checkpoints', 'list', '--run', best.runId)).toMatch(/best +1 +voc-all-point 0\.\d{4}/);
    expect(await text('checkpoints', 'promote', best.id, 'production')).toMatch(/production now points at/);
    await refused('CONFLICT', /production/, 'checkpoints', 'delete', best.id);
    expect(await documents('checkpoints', 'delete', last.id)).toEqual([{ id: last.id }]);
    await refused('NOT_FOUND', /checkpoint/, 'checkpoints', 'promote', NOBODY, 'production');

    expect(await text('checkpoints', 'export', 'production', '--output', 'out.safetensors')).toMatch(/Wrote out\./);
    const exported = await readFile(join(folder.path, 'out.safetensors'));
    const headerBytes = Number(exported.readBigUInt64LE());
    expect(exported.subarray(8, 8 + headerBytes).toString()).toContain('"fc.W"');
    await refused('NOT_FOUND', /staging/, 'checkpoints', 'export', 'staging', '--output', 'none.safetensors');
    const onnx = join(folder.path, 'out.onnx');
    const [written] = await documents('checkpoints', 'export', 'production', '--onnx', '--output', onnx);
    expect(written).toEqual({ checkpoint: 'production', file: onnx, bytes: (await readFile(onnx)).byteLength });
    await refused('NOT_FOUND', /staging/, 'checkpoints', 'export', 'staging', '--onnx', '--output', 'none.onnx');
    const small = join(folder.path, 'small.png');
    await sharp(picture).resize(32, 32).png().toFile(small);
    const [{ labels }] = (await documents('predict', '--checkpoint', 'production', '--threshold', '0', small)) as [
      { labels: { name: string; score: number }[] },
    ];
    const scores = await predictWithOnnxRuntime(onnx, small);
    expect(labels).toHaveLength(scores.length);
    const descending = [...scores].sort((a, b) => b - a);
    labels.forEach(({ score }, index) => expect(score).toBeCloseTo(descending[index], 4));

    expect(await text('predict', '--checkpoint', 'production', '--top', '3', picture)).toMatch(/\.jpg: .* 0\.\d\d/);
    const [prediction] = await documents('predict', '--checkpoint', 'production', '--threshold', '0', picture);
    expect(prediction).toMatchObject({ path: picture, __typename: 'Prediction', width: 64 });
    const maps = await text(
      'predict',
      '--checkpoint',
      'production',
      picture,
      '--attention',
      'maps',
      '--maps',
      '2',
      '--head',
      '1',
    );
    const files = maps.split('\n').flatMap((line) => /^ {2}(maps\S+\.png)$/.exec(line)?.slice(1) ?? []);
    const sizes = await Promise.all(files.map((file) => sharp(join(folder.path, file)).metadata()));
    expect(sizes).toMatchObject([
      { format: 'png', width: 64 },
      { format: 'png', width: 64 },
    ]);
    const deep = await q2l('predict', '--checkpoint', 'production', picture, '--attention', 'maps', '--layer', '3');
    expect(deep).toMatchObject({ exitCode: EXIT_CODES.refused, errors: expect.stringContaining('layers 0 to 0') });
    await refused('NOT_FOUND', /staging/, 'predict', '--checkpoint', 'staging', picture);
    const gone = await q2l('predict', '--checkpoint', 'production', 'gone.jpg');
    expect(gone).toMatchObject({ exitCode: EXIT_CODES.failure, errors: expect.stringContaining('gone.jpg') });
    await refused('UNREADABLE_IMAGE', /recipe\.json/, 'predict', '--checkpoint', 'production', 'recipe.json');

    const measured = await q2l('evaluate', 'production', 'scenes', '--labels');
    expect(measured).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(measured.output).toMatch(/split +validation, 12 pictures/);
    expect(measured.output).toMatch(/voc-all-point +0\.\d{4}/);
    expect(measured.output).toMatch(/label +voc-all-point +threshold +hits/);
    const [{ evaluation }] = (await documents('evaluate', 'production', 'scenes')) as [
      { evaluation: { metrics: { name: string; value: number }[]; labels: unknown[] } },
    ];
    // The same pictures under the same protocol as when the checkpoint was written.
    expect(evaluation.metrics).toEqual([{ name: 'voc-all-point', value: expect.any(Number), figures: {} }]);
    expect(evaluation.metrics[0].value).toBeCloseTo(best.metrics[0].value, 5);
    expect(measured.output).toContain(evaluation.metrics[0].value.toFixed(4));
    await refused('NOT_FOUND', /test/, 'evaluate', 'production', 'scenes', '--split', 'test');
  }, 120_000);

  it('checkpoints quantize, precision', async () => {
    await refused('CONFLICT', /never quantized/, 'checkpoints', 'precision', 'production', 'int8');
    await refused('NOT_FOUND', /no dataset "scnes"/, 'checkpoints', 'quantize', 'production', 'scnes');
    await refused(
      'INVALID_INPUT',
      /images: received 0/,
      'checkpoints',
      'quantize',
      'production',
      'scenes',
      '--images',
      '0',
    );
    const quantize = ['checkpoints', 'quantize', 'production', 'scenes', '--images', '8', '--most-lost'];
    const found = await q2l(...quantize, '1');
    expect(found).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(found.errors).toMatch(/^calibrating \d\/8 pictures$/m);
    expect(found.errors).toMatch(/^measuring int8 12\/12 pictures$/m);
    expect(found.output).toMatch(/calibrated +on 8 pictures of train, scenes/);
    const [, float32, int8] = /validation +float32 (0\.\d{4}), int8 (0\.\d{4})/.exec(found.output) ?? [];
    expect(await text('checkpoints', 'list')).toMatch(/best .* int8 +.* production/);
    expect(await text('evaluate', 'production', 'scenes')).toContain(int8);

    expect(await text('checkpoints', 'precision', 'production', 'float32')).toMatch(/now predicts in float32/);
    expect(await text('evaluate', 'production', 'scenes')).toContain(float32);
    expect(await documents('checkpoints', 'precision', 'production', 'int8')).toMatchObject([{ precision: 'INT8' }]);
    const wrong = await q2l('checkpoints', 'precision', 'production', 'int4');
    expect(wrong).toMatchObject({ exitCode: EXIT_CODES.usage, errors: expect.stringContaining('float32, int8') });
    expect(await documents(...quantize, '1')).toMatchObject([
      { precision: 'INT8', quantization: { split: 'validation' } },
    ]);
    await text('checkpoints', 'precision', 'production', 'float32');
    expect(await text('checkpoints', 'quantize', '--help')).toMatch(/Examples:\n {2}\$ q2l checkpoints quantize/);
  }, 60_000);

  it('engine', async () => {
    const shown = await text('engine');
    expect(shown).toMatch(/name +onnxruntime\n/);
    expect(shown).toMatch(/cuda +(yes|no +Its library is missing.*ONNXRUNTIME_NODE_INSTALL)/);
    const [{ engine }] = await documents('engine');
    expect(engine).toMatchObject({ name: 'onnxruntime', threads: expect.any(Number) });
    expect(engine).toMatchObject({
      providers: [{ name: 'cuda' }, { name: 'webgpu' }, { name: 'cpu', available: true }],
    });
  }, 60_000);

  it('plugins list, show; config', async () => {
    expect(await text('plugins', 'list')).toMatch(/resnet +0\.1\.0 +backbone +resnet/);
    expect(await documents('plugins', 'list')).toMatchObject([{ plugins: expect.any(Array) }]);
    expect(await text('plugins', 'show', 'query2label')).toMatch(/hiddenSize +integer/);
    const shown = await documents('plugins', 'show', 'query2label');
    expect(shown).toMatchObject([{ components: [{ kind: 'DECODER', name: 'query2label' }] }]);
    await refused('NOT_FOUND', /no component "resent"/, 'plugins', 'show', 'resent');

    await writeFile(join(folder.path, 'q2l.config.yaml'), 'http:\n  port: 4321\n');
    const configured = await runQ2l(['config'], { folder: folder.path, environment: { LOG_LEVEL: 'warn' } });
    expect(configured).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(configured.output).toMatch(/http\.port +4321 +file +PORT/);
    expect(configured.output).toMatch(/logging\.level +warn +environment +LOG_LEVEL/);
    const [{ entries }] = documentsOf(await runQ2l(['config', '--json'], { folder: folder.path }));
    expect(entries).toContainEqual(expect.objectContaining({ name: 'http.port', value: 4321, source: 'file' }));
    const wrong = await runQ2l(['config'], { folder: folder.path, environment: { PORT: 'many' } });
    expect(wrong).toMatchObject({ exitCode: EXIT_CODES.failure, errors: expect.stringMatching(/PORT/) });
  }, 60_000);

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
    await writeFile(join(folder.path, 'layers.yaml'), stringify(ablation));
    const result = await text('ablate', 'scenes', 'layers.yaml', '--output', 'layers');
    expect(result).toMatch(/Ablation [0-9a-f-]{36}: 4 combinations, 8 runs/);
    expect(result).toMatch(/2 +\{"name":"binary-cross-entropy"\} +0\.\d{4} +0\.\d{4} +0\.\d{4}, 0\.\d{4}/);
    const table = await readFile(join(folder.path, 'layers/table.md'), 'utf8');
    expect(table).toMatch(/^\| decoderLayers \| loss \| voc-all-point, mean \| spread \| runs \|$/m);
    expect(table.match(/^\| [12] \| (asymmetric|binary-cross-entropy) \| 0\.\d{4} /gm)).toHaveLength(4);
    expect(await readFile(join(folder.path, 'layers/plot.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);

    const wrong = { ...ablation, axes: { 'pipeline.decoder.options.heads': [2, 3] } };
    await writeFile(join(folder.path, 'wrong-layers.yaml'), stringify(wrong));
    await refused('INVALID_INPUT', /With \[3\]: .*heads: received 3.*16/, 'ablate', 'scenes', 'wrong-layers.yaml');
    expect((await documents('pipelines', 'list', '--name', 'layers'))[0].pipelines).toHaveLength(4);
  }, 120_000);

  it('answers a wrong command line and a missing server with codes of their own', async () => {
    const wrong = await q2l('runs', 'lst');
    expect(wrong).toMatchObject({ exitCode: EXIT_CODES.usage, output: '' });
    const nowhere = await runQ2l(['runs', 'list', '--json', '--server', 'http://127.0.0.1:9']);
    expect(nowhere).toMatchObject({ exitCode: EXIT_CODES.unreachable, errors: '' });
    expect(documentsOf(nowhere)).toMatchObject([{ error: { code: 'ServerUnreachableError' } }]);
    expect(await text('evaluate', '--help')).toMatch(/Examples:\n {2}\$ q2l evaluate/);
  }, 30_000);
});
