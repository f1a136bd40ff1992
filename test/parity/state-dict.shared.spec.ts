import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formulaParameters } from '@query2label/sdk/testing';
import { exportedBuffers } from '../../src/checkpoint/transfer/exported-buffers.js';
import { openSafetensors, writeSafetensors } from '../../src/common/safetensors/index.js';
import { ConfigurationService, loadConfiguration } from '../../src/config/index.js';
import { readReferenceFile, type ReferenceFile } from '../../src/parity/reference-file.js';
import { referencePipeline } from '../../src/parity/reference-pipeline.js';
import { PipelineAssembler } from '../../src/pipeline/pipeline-assembler.js';
import { WeightFolder } from '../../src/pipeline/weight-folder.js';
import { BackboneRecognizer } from '../../src/pipeline/weights/backbone-recognizer.js';
import { builtInPlugin, registryOf } from '../support/component-registry.js';
import { pythonWith } from '../support/python.js';

const shared = process.env.Q2L_SHARED ?? '';
const SCRIPT = fileURLToPath(new URL('../support/python/load_reference_strictly.py', import.meta.url));
const python = shared === '' ? undefined : pythonWith('torch');
const PLUGINS = ['resnet', 'tresnet', 'vit', 'swin', 'cvt', 'query2label', 'asymmetric-loss'];

const reference = (name: string): string => join(shared, 'golden', 'public', `${name}.json`);

let folder: string;
let assembler: PipelineAssembler;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'q2l-state-dict-'));
  const registry = await registryOf(...PLUGINS.map(builtInPlugin));
  const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
  assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
});
afterAll(() => rm(folder, { recursive: true }));

/** A configuration of each backbone, the smallest that there is. */
const NAMES = [
  'r18-64-enc0dec1',
  'r50-64',
  'tresnetl-64-signed',
  'tresnetlv2-64',
  'swinB-224',
  'cvtw24-384',
  'vitb16-224',
];

async function exportOf(name: string): Promise<{ readonly path: string; readonly file: ReferenceFile }> {
  const file = await readReferenceFile(reference(name));
  const { parameters, target } = await assembler.assemble(referencePipeline(file), file.config.num_class);
  const values = formulaParameters(parameters, { signedGains: file.config.variant === 'abn_signed' });
  const path = join(folder, `${name}.safetensors`);
  const handle = await open(path, 'w');
  await writeSafetensors(handle, { ...values, ...exportedBuffers(target) });
  await handle.close();
  return { path, file };
}

(shared === '' ? describe.skip : describe)('the exported state dict', () => {
  it.each(NAMES)(
    'of %s has the official names and shapes, no more and no fewer',
    async (name) => {
      const { path, file } = await exportOf(name);
      const exported = await openSafetensors(path);
      const found = Object.fromEntries(exported.entries.map((entry) => [entry.name, entry.shape]));
      await exported.close();
      await rm(path);
      expect(found).toEqual(Object.fromEntries(file.state_dict.map(([tensor, shape]) => [tensor, shape])));
    },
    120_000,
  );

  (python === undefined ? it.skip : it).each(NAMES)(
    'of %s is loaded strictly by PyTorch',
    async (name) => {
      const { path, file } = await exportOf(name);
      const { stdout } = await promisify(execFile)(python ?? '', [SCRIPT, path, reference(name)]);
      await rm(path);
      const [, count, worst] = /^(\d+) loaded, norms within (\S+)$/.exec(stdout.trim()) ?? [];
      expect(Number(count)).toBe(file.state_dict.length);
      expect(Number(worst)).toBeLessThan(1e-5);
    },
    120_000,
  );
});
