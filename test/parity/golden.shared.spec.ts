import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine } from '@query2label/engine';
import { ConfigurationService, loadConfiguration } from '../../src/config/index.js';
import { compareFile, type ParityTools } from '../../src/parity/compare-file.js';
import { isWithin } from '../../src/parity/comparison.js';
import { readReferenceFile } from '../../src/parity/reference-file.js';
import { PipelineAssembler } from '../../src/pipeline/pipeline-assembler.js';
import { WeightFolder } from '../../src/pipeline/weight-folder.js';
import { BackboneRecognizer } from '../../src/pipeline/weights/backbone-recognizer.js';
import { builtInPlugin, registryOf } from '../support/component-registry.js';

const shared = process.env.Q2L_SHARED;
const folder = join(shared ?? '', 'golden/public');
const PLUGINS = [
  ...[
    'resnet',
    'tresnet',
    'vit',
    'swin',
    'cvt',
    'query2label',
    'asymmetric-loss',
    'binary-cross-entropy',
    'optimizers',
  ],
];
const files = shared === undefined ? [''] : readdirSync(folder).filter((name) => name.endsWith('.json'));

(shared === undefined ? describe.skip : describe)('Query2Label against the official PyTorch code', () => {
  let tools: ParityTools;
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ threads: 2 });
    const registry = await registryOf(...PLUGINS.map(builtInPlugin));
    const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
    const assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
    tools = { engine, registry, assembler };
  });
  afterAll(() => engine.dispose());

  it('finds configurations', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)(
    '%s is within all tolerances',
    async (name) => {
      const checks = await compareFile(await readReferenceFile(join(folder, name)), tools);
      expect(checks.length).toBeGreaterThan(9);
      expect(checks.filter((check) => !isWithin(check))).toEqual([]);
    },
    600_000,
  );

  it('notices numbers that are not the official ones', async () => {
    const file = await readReferenceFile(join(folder, 'r18-64-enc0dec1.json'));
    const [[first, ...rest], ...rows] = file.logits_float64;
    const { training } = file;
    if (training === undefined) throw new Error('The file has no training.');
    const losses_float64 = training.losses_float64.map((loss) => loss * 1.1);
    const wrong = {
      ...file,
      state_dict: file.state_dict.slice(1),
      logits_float64: [[first + 1e-3, ...rest], ...rows],
      training: { ...training, losses_float64 },
    };
    const out = (await compareFile(wrong, tools)).filter((check) => !isWithin(check));
    expect(out.map(({ kind }) => kind)).toEqual(['names', 'logits', 'step losses']);
  }, 60_000);
});
