import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { registryOf, TINY_PLUGIN } from '../../test/support/component-registry.js';
import { ConfigurationService, loadConfiguration } from '../config/index.js';
import { PipelineAssembler } from '../pipeline/pipeline-assembler.js';
import { WeightFolder } from '../pipeline/weight-folder.js';
import { BackboneRecognizer } from '../pipeline/weights/backbone-recognizer.js';
import { Terminal } from '../terminal/terminal.js';
import type { ParityTools } from './compare-file.js';
import { Comparison, isWithin } from './comparison.js';
import { officialBackbone } from './official-backbones.js';
import { parityLine } from './parity-line.js';
import { runParity } from './run-parity.js';

let folder: string;
let tools: Omit<ParityTools, 'engine'>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'q2l-parity-'));
  await writeFile(join(folder, 'broken.json'), '{"format": ');
  await writeFile(join(folder, 'other.json'), '{"format": "something else"}');
  const registry = await registryOf(TINY_PLUGIN);
  const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
  tools = { registry, assembler: new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights)) };
});
afterAll(() => rm(folder, { recursive: true }));

async function run(only: readonly string[], from = folder, steps = 5): Promise<{ within: boolean; text: string }> {
  const output = new PassThrough();
  const terminal = new Terminal({ output, errors: new PassThrough() });
  const within = await runParity({ folder: from, only: [...only], engine: 'reference', steps }, tools, terminal);
  return { within, text: String(output.read()) };
}

describe('parity', () => {
  it('tells of each file that it cannot read in a line, and fails', async () => {
    const { within, text } = await run([]);
    expect(within).toBe(false);
    const [broken, other, last] = text.split('\n');
    expect(broken).toMatch(/^broken: FAILED is not JSON: /);
    expect(other).toMatch(/^other: FAILED is not a configuration file of format q2l-golden-1: format: .*and \d+ more$/);
    expect(last).toBe('0 of 2 files within tolerance');
  });

  it('says so if it compares fewer steps than the files have', async () => {
    expect((await run(['other'], folder, 1)).text).toMatch(
      /0 of 1 files within tolerance, 1 of 5 training steps compared/,
    );
  });

  it('names the files of a folder that lacks one, and folders without any', async () => {
    await expect(run(['missing'])).rejects.toThrow(/no file "missing.json". It has broken, other\./);
    await expect(run([], join(folder, 'nowhere'))).rejects.toThrow(/nowhere cannot be read: .*ENOENT/);
  });

  it('names the backbones that it knows', () => {
    expect(() => officialBackbone('resnet19')).toThrow(/unknown backbone "resnet19"\. Known are resnet18, /);
    expect(officialBackbone('swin_L_384_22k')).toEqual({
      name: 'swin',
      options: { variant: 'l', window: 12, dropPath: 0 },
    });
  });
});

describe('a comparison', () => {
  it('keeps the worst of each kind, and counts what is not a number as infinitely wrong', () => {
    const comparison = new Comparison();
    comparison.values('logits', [1, 2], [1, 2.5], 1, 'first');
    comparison.values('logits', [1, 2], [1, 2.25], 1, 'second');
    comparison.add('names', 0, 0);
    expect(comparison.checks).toEqual([
      { kind: 'logits', error: 0.5, tolerance: 1, where: 'first', count: 2 },
      { kind: 'names', error: 0, tolerance: 0, where: '', count: 1 },
    ]);
    expect(comparison.checks.every(isWithin)).toBe(true);
    comparison.values('logits', [1, Number.NaN], [1, 2], 1, 'third');
    comparison.values('attention', [1], [1, 2], 1);
    comparison.add('names', 1, 0, 'fc.W');
    expect(comparison.checks.filter(isWithin)).toEqual([]);
    expect(parityLine({ name: 'one', checks: comparison.checks })).toMatch(
      /^one: OUT OF TOLERANCE logits Infinity \(tolerance 1\.0e\+0, third\), names 1\.0e\+0 \(tolerance 0, fc\.W\)/,
    );
  });
});
