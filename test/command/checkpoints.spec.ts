import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { Q2lSession } from '../support/q2l-session.js';

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

/** The second test needs the alias of the first. */
describe('q2l checkpoints, q2l predict and q2l evaluate', () => {
  let q2l: Q2lSession;

  beforeAll(async () => {
    q2l = await Q2lSession.start();
    expect(await q2l.importScenes()).toMatchObject({ exitCode: EXIT_CODES.success });
    await q2l.text('pipelines', 'create', 'tiny', 'pipeline.yaml');
    await q2l.text('train', 'tiny', 'scenes', '--recipe', 'recipe.json');
  }, 120_000);

  afterAll(() => q2l?.end(), 60_000);

  it('checkpoints list, promote, export, delete; predict; evaluate', async () => {
    const [{ checkpoints }] = (await q2l.documents('checkpoints', 'list')) as [
      { checkpoints: { id: string; kind: string; runId: string; metrics: { value: number }[] }[] },
    ];
    const best = checkpoints.find(({ kind }) => kind === 'BEST');
    const last = checkpoints.find(({ kind, runId }) => kind === 'LAST' && runId === best?.runId);
    if (!best || !last) throw new Error('The runs have left no checkpoints.');
    expect(await q2l.text('checkpoints', 'list', '--run', best.runId)).toMatch(/best +1 +voc-all-point 0\.\d{4}/);
    expect(await q2l.text('checkpoints', 'promote', best.id, 'production')).toMatch(/production now points at/);
    await q2l.refused('CONFLICT', /production/, 'checkpoints', 'delete', best.id);
    expect(await q2l.documents('checkpoints', 'delete', last.id)).toEqual([{ id: last.id }]);
    await q2l.refused('NOT_FOUND', /checkpoint/, 'checkpoints', 'promote', NOBODY, 'production');

    expect(await q2l.text('checkpoints', 'export', 'production', '--output', 'out.safetensors')).toMatch(/Wrote out\./);
    const exported = await readFile(join(q2l.folder, 'out.safetensors'));
    const headerBytes = Number(exported.readBigUInt64LE());
    expect(exported.subarray(8, 8 + headerBytes).toString()).toContain('"fc.W"');
    await q2l.refused('NOT_FOUND', /staging/, 'checkpoints', 'export', 'staging', '--output', 'none.safetensors');
    const onnx = join(q2l.folder, 'out.onnx');
    const [written] = await q2l.documents('checkpoints', 'export', 'production', '--onnx', '--output', onnx);
    expect(written).toEqual({ checkpoint: 'production', file: onnx, bytes: (await readFile(onnx)).byteLength });
    await q2l.refused('NOT_FOUND', /staging/, 'checkpoints', 'export', 'staging', '--onnx', '--output', 'none.onnx');
    const small = join(q2l.folder, 'small.png');
    await sharp(q2l.picture).resize(32, 32).png().toFile(small);
    const [{ labels }] = (await q2l.documents('predict', '--checkpoint', 'production', '--threshold', '0', small)) as [
      { labels: { name: string; score: number }[] },
    ];
    const scores = await predictWithOnnxRuntime(onnx, small);
    expect(labels).toHaveLength(scores.length);
    const descending = [...scores].sort((a, b) => b - a);
    labels.forEach(({ score }, index) => expect(score).toBeCloseTo(descending[index], 4));

    expect(await q2l.text('predict', '--checkpoint', 'production', '--top', '3', q2l.picture)).toMatch(
      /\.jpg: .* 0\.\d\d/,
    );
    const [prediction] = await q2l.documents('predict', '--checkpoint', 'production', '--threshold', '0', q2l.picture);
    expect(prediction).toMatchObject({ path: q2l.picture, __typename: 'Prediction', width: 64 });
    const maps = await q2l.text(
      'predict',
      '--checkpoint',
      'production',
      q2l.picture,
      '--attention',
      'maps',
      '--maps',
      '2',
      '--head',
      '1',
    );
    const files = maps.split('\n').flatMap((line) => /^ {2}(maps\S+\.png)$/.exec(line)?.slice(1) ?? []);
    const sizes = await Promise.all(files.map((file) => sharp(join(q2l.folder, file)).metadata()));
    expect(sizes).toMatchObject([
      { format: 'png', width: 64 },
      { format: 'png', width: 64 },
    ]);
    const deep = await q2l.run(
      'predict',
      '--checkpoint',
      'production',
      q2l.picture,
      '--attention',
      'maps',
      '--layer',
      '3',
    );
    expect(deep).toMatchObject({ exitCode: EXIT_CODES.refused, errors: expect.stringContaining('layers 0 to 0') });
    await q2l.refused('NOT_FOUND', /staging/, 'predict', '--checkpoint', 'staging', q2l.picture);
    const gone = await q2l.run('predict', '--checkpoint', 'production', 'gone.jpg');
    expect(gone).toMatchObject({ exitCode: EXIT_CODES.failure, errors: expect.stringContaining('gone.jpg') });
    await q2l.refused('UNREADABLE_IMAGE', /recipe\.json/, 'predict', '--checkpoint', 'production', 'recipe.json');

    const measured = await q2l.run('evaluate', 'production', 'scenes', '--labels');
    expect(measured).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(measured.output).toMatch(/split +validation, 12 pictures/);
    expect(measured.output).toMatch(/voc-all-point +0\.\d{4}/);
    expect(measured.output).toMatch(/label +voc-all-point +threshold +hits/);
    const [{ evaluation }] = (await q2l.documents('evaluate', 'production', 'scenes')) as [
      { evaluation: { metrics: { name: string; value: number }[]; labels: unknown[] } },
    ];
    // The same pictures under the same protocol as when the checkpoint was written.
    expect(evaluation.metrics).toEqual([{ name: 'voc-all-point', value: expect.any(Number), figures: {} }]);
    expect(evaluation.metrics[0].value).toBeCloseTo(best.metrics[0].value, 5);
    expect(measured.output).toContain(evaluation.metrics[0].value.toFixed(4));
    await q2l.refused('NOT_FOUND', /test/, 'evaluate', 'production', 'scenes', '--split', 'test');
  }, 120_000);

  it('checkpoints quantize, precision', async () => {
    await q2l.refused('CONFLICT', /never quantized/, 'checkpoints', 'precision', 'production', 'int8');
    await q2l.refused('NOT_FOUND', /no dataset "scnes"/, 'checkpoints', 'quantize', 'production', 'scnes');
    await q2l.refused(
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
    const found = await q2l.run(...quantize, '1');
    expect(found).toMatchObject({ exitCode: EXIT_CODES.success });
    expect(found.errors).toMatch(/^calibrating \d\/8 pictures/m);
    expect(found.errors).toMatch(/^measuring int8 12\/12 pictures {2}\d+(\.\d)? a second$/m);
    expect(found.output).toMatch(/calibrated +on 8 pictures of train, scenes/);
    const [, float32, int8] = /validation +float32 (0\.\d{4}), int8 (0\.\d{4})/.exec(found.output) ?? [];
    expect(await q2l.text('checkpoints', 'list')).toMatch(/best .* int8 +.* production/);
    expect(await q2l.text('evaluate', 'production', 'scenes')).toContain(int8);

    expect(await q2l.text('checkpoints', 'precision', 'production', 'float32')).toMatch(/now predicts in float32/);
    expect(await q2l.text('evaluate', 'production', 'scenes')).toContain(float32);
    expect(await q2l.documents('checkpoints', 'precision', 'production', 'int8')).toMatchObject([
      { precision: 'INT8' },
    ]);
    const wrong = await q2l.run('checkpoints', 'precision', 'production', 'int4');
    expect(wrong).toMatchObject({ exitCode: EXIT_CODES.usage, errors: expect.stringContaining('float32, int8') });
    expect(await q2l.documents(...quantize, '1')).toMatchObject([
      { precision: 'INT8', quantization: { split: 'validation' } },
    ]);
    await q2l.text('checkpoints', 'precision', 'production', 'float32');
    expect(await q2l.text('checkpoints', 'quantize', '--help')).toMatch(/Examples:\n {2}\$ q2l checkpoints quantize/);
  }, 60_000);
});
