import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, type NamedValues } from '@query2label/engine';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { CheckpointStore } from '../src/checkpoint/checkpoint-store.js';
import type { Checkpoint } from '../src/checkpoint/checkpoint.entity.js';
import { PipelineAssembler } from '../src/pipeline/pipeline-assembler.js';
import { codeBlocks } from './support/guide.js';
import { makeCheckpoint } from './support/make-checkpoint.js';
import { pythonWith } from './support/python.js';
import { type StartedApp, startApp } from './support/start-app.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';

const LABELS = ['warm', 'cold', 'bright'];
const SIDE = 64;
const SCRIPT = fileURLToPath(new URL('support/python/run_onnx.py', import.meta.url));
const python = pythonWith('onnx', 'onnxruntime');
const EXPORT = `query ($checkpoint: ID!, $format: ExportFormat!) {
  exportCheckpoint(checkpoint: $checkpoint, format: $format) {
    __typename ... on ExportedCheckpoint { checkpointId format url } ... on UserError { code message }
  }
}`;

interface Exported {
  readonly exportCheckpoint: { readonly __typename: string; readonly url: string; readonly code: string };
}

const pictures = (count: number): Float32Array =>
  Float32Array.from({ length: count * SIDE * SIDE * 3 }, (_, index) => (index * 89 + (index >> 9)) % 256);

describe('a checkpoint as an ONNX file', () => {
  let app: StartedApp;
  let files: TemporaryFolder;
  let checkpoint: Checkpoint;
  let path: string;

  beforeAll(async () => {
    files = await temporaryFolder();
    app = await startApp();
    checkpoint = await makeCheckpoint(app.application, LABELS);
    path = join(files.path, 'model.onnx');
    const { exportCheckpoint } = await app.client.data<Exported>(EXPORT, { checkpoint: checkpoint.id, format: 'ONNX' });
    const response = await fetch(`${app.url}${exportCheckpoint.url}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toContain(`${checkpoint.id}.onnx`);
    await writeFile(path, Buffer.from(await response.arrayBuffer()));
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await files.remove();
  });

  /** What the platform predicts, computed by TensorFlow.js itself. */
  async function expected(count: number): Promise<NamedValues> {
    const store = app.application.get(CheckpointStore, { strict: false });
    const { definition, labels, parameters } = await store.load(checkpoint.id);
    const assembler = app.application.get(PipelineAssembler, { strict: false });
    const { program, signature } = (await assembler.assemble(definition, labels.length)).predictionProgram(
      parameters,
      count,
    );
    const engine = await createEngine({ engine: 'reference' });
    const executable = await engine.compile(program, signature);
    const images = { dtype: 'float32', shape: [count, SIDE, SIDE, 3], data: pictures(count) } as const;
    return executable.run({ images }).finally(() => engine.dispose());
  }

  const close = (received: ArrayLike<number>, wanted: ArrayLike<number>) => {
    expect(received).toHaveLength(wanted.length);
    for (let index = 0; index < wanted.length; index++) expect(received[index]).toBeCloseTo(wanted[index], 4);
  };

  it('predicts in the raw npm package as the platform does, for batches of any size', async () => {
    const session = await InferenceSession.create(path);
    expect([session.inputNames, session.outputNames]).toEqual([['images'], ['scores', 'logits']]);
    for (const count of [1, 3]) {
      const images = new Tensor('float32', pictures(count), [count, SIDE, SIDE, 3]);
      const { scores, logits } = await session.run({ images });
      const { probabilities, logits: wanted } = await expected(count);
      expect(scores.dims).toEqual([count, LABELS.length]);
      close((await scores.getData()) as Float32Array, probabilities.data);
      close((await logits.getData()) as Float32Array, wanted.data);
    }
    await session.release();
  });

  (python === undefined ? it.skip : it)(
    "passes the ONNX checker and predicts in Python's onnxruntime, with labels and thresholds in its metadata",
    async () => {
      const images = join(files.path, 'images.f32');
      await writeFile(images, new Uint8Array(pictures(2).buffer));
      const arguments_ = [SCRIPT, path, images, String(SIDE), String(SIDE)];
      const { stdout } = await promisify(execFile)(python ?? '', arguments_);
      const result = JSON.parse(stdout) as Record<'scores' | 'logits', number[]> & {
        readonly domains: string[];
        readonly input: unknown[];
        readonly metadata: Readonly<Record<string, string>>;
      };
      const { probabilities, logits } = await expected(2);
      close(result.scores, probabilities.data);
      close(result.logits, logits.data);
      expect(result.domains).toEqual(['']);
      expect(result.input).toEqual(['batch', SIDE, SIDE, 3]);
      expect(JSON.parse(result.metadata['labels'])).toEqual(LABELS);
      expect(JSON.parse(result.metadata['thresholds'])).toEqual([0.5, 0.5, 0.5]);
      expect(JSON.parse(result.metadata['preprocessing'])).toMatchObject({ height: SIDE, width: SIDE });
      expect(result.metadata['checkpoint']).toBe(checkpoint.id);
    },
    60_000,
  );

  (python === undefined ? it.skip : it)('is used as docs/onnx-export.md shows', async () => {
    const sample = (await codeBlocks('docs/onnx-export.md')).find(({ language }) => language === 'python');
    const program = [
      `import numpy; pictures = numpy.zeros((2, ${SIDE}, ${SIDE}, 3), numpy.uint8)`,
      sample?.code.replace('production.onnx', path),
      'print(present.shape, present.dtype)',
    ].join('\n');
    const { stdout } = await promisify(execFile)(python ?? '', ['-c', program]);
    expect(stdout.trim()).toBe(`(2, ${LABELS.length}) bool`);
  });

  it('has no operators beyond the standard', async () => {
    expect((await readFile(path)).includes('com.microsoft')).toBe(false);
  });

  it('answers for what is not there, and where parameters are', async () => {
    const unknown = await app.client.data<Exported>(EXPORT, { checkpoint: 'nothing', format: 'ONNX' });
    expect(unknown.exportCheckpoint.__typename).toBe('NotFound');
    expect((await fetch(`${app.url}/checkpoints/nothing/model.onnx`)).status).toBe(404);
    const { exportCheckpoint } = await app.client.data<Exported>(EXPORT, {
      checkpoint: checkpoint.id,
      format: 'SAFETENSORS',
    });
    expect((await fetch(`${app.url}${exportCheckpoint.url}`, { method: 'HEAD' })).status).toBe(200);
  });
});
