import { readFileSync, writeFileSync } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeSafetensors } from '../src/common/safetensors/index.js';
import { zipCheckpoint } from '../src/common/torch-file/testing/container-writer.js';
import { dictionary, tensor, text } from '../src/common/torch-file/testing/pickle-writer.js';
import { ConfigurationService, loadConfiguration } from '../src/config/index.js';
import { parseDefinition } from '../src/pipeline/parse-definition.js';
import { PipelineAssembler } from '../src/pipeline/pipeline-assembler.js';
import { WeightFolder } from '../src/pipeline/weight-folder.js';
import { BackboneRecognizer } from '../src/pipeline/weights/backbone-recognizer.js';
import { builtInPlugin, registryOf } from './support/component-registry.js';
import { SMALL_PIPELINE } from './support/make-checkpoint.js';
import { make } from './support/make.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';

/** 29 million parameters in tensors of 4 MiB at most. */
const DEFINITION = {
  ...SMALL_PIPELINE,
  decoder: {
    name: 'query2label',
    options: { hiddenSize: 256, feedForwardSize: 4096, encoderLayers: 12, decoderLayers: 1 },
  },
};
const LABELS = ['warm', 'cold', 'bright'];
const IMPORT = `mutation ($input: ImportCheckpointInput!) {
  importCheckpoint(input: $input) {
    ... on ImportedCheckpoint { report { matched missing unexpected } }
    ... on UserError { message }
  }
}`;

interface Imported {
  readonly importCheckpoint: { readonly report: { readonly matched: readonly string[] } };
}

/** Resident memory of a process, now and at its peak since it was last forgotten, in bytes. */
const memoryOf = (pid: number, line: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

(process.platform === 'linux' ? describe : describe.skip)('a large file of parameters', () => {
  let own: OwnServer;
  let pipelineId: string;
  let shapes: readonly { readonly name: string; readonly shape: readonly number[] }[];

  beforeAll(async () => {
    const registry = await registryOf(...['resnet', 'query2label', 'binary-cross-entropy'].map(builtInPlugin));
    const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
    const assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
    shapes = (await assembler.assemble(parseDefinition(DEFINITION), LABELS.length)).parameters;
    own = await startOwnServer({ Q2L_IMPORT_FOLDERS: 'models=.' });
    pipelineId = await make(own.client, 'createPipeline', { name: 'deep', definition: DEFINITION });
  }, 60_000);
  afterAll(() => own.remove(), 60_000);

  const elements = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

  async function writeFileOf(format: string, path: string): Promise<void> {
    if (format === 'safetensors') {
      const zeros = ({ shape }: { readonly shape: readonly number[] }) => ({
        dtype: 'float32' as const,
        shape,
        read: () => Promise.resolve(new Float32Array(elements(shape))),
      });
      const handle = await open(path, 'w');
      await writeSafetensors(handle, Object.fromEntries(shapes.map((entry) => [entry.name, zeros(entry)])));
      await handle.close();
      return;
    }
    const tensors = shapes.map(({ name, shape }, key) => {
      const stride = shape.map((_, axis) => elements(shape.slice(axis + 1)));
      return [text(name), tensor({ key: String(key), stored: elements(shape), shape: [...shape], stride })] as const;
    });
    const storages = shapes.map(({ shape }, key) => [String(key), new Uint8Array(4 * elements(shape))] as const);
    await writeFile(path, zipCheckpoint(dictionary(...tensors), Object.fromEntries(storages)));
  }

  it.each(['safetensors', 'pth'])(
    'of type .%s is imported tensor by tensor: the server never holds half of it',
    async (format) => {
      const path = `large.${format}`;
      await writeFileOf(format, join(own.folder, path));
      const { size } = await stat(join(own.folder, path));
      expect(size).toBeGreaterThan(110e6);
      const before = memoryOf(own.server.pid, 'VmRSS');
      forgetPeak(own.server.pid);
      const input = { pipelineId, labels: LABELS, file: { folder: 'models', path } };
      const { importCheckpoint } = await own.client.data<Imported>(IMPORT, { input });
      expect(importCheckpoint).toMatchObject({ report: { missing: [], unexpected: [] } });
      expect(importCheckpoint.report.matched).toHaveLength(shapes.length);
      const held = memoryOf(own.server.pid, 'VmHWM') - before;
      expect(held).toBeLessThan(size / 2);
    },
    120_000,
  );
});
