import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine, type NamedValues } from '@query2label/engine';
import { keyOf, keyValue } from '@query2label/sdk';
import { builtInPlugin, registryOf, TINY_PLUGIN } from '../../test/support/component-registry.js';
import { writeSafetensors } from '../common/safetensors/index.js';
import { ConfigurationService, loadConfiguration } from '../config/index.js';
import type { ComponentRegistry } from '../plugin/index.js';
import type { AssembledPipeline, TrainingProgramOptions } from './assembled-pipeline.js';
import { parseDefinition } from './parse-definition.js';
import { PipelineAssembler } from './pipeline-assembler.js';
import type { PipelineDefinitionInput } from './pipeline-definition.js';
import { ATTENTION_SHARES, averageName, momentName, scalarName } from './programs/tensor-names.js';
import { WeightFolder } from './weight-folder.js';
import { BackboneRecognizer } from './weights/backbone-recognizer.js';

const tiny: PipelineDefinitionInput = {
  backbone: { name: 'tiny-backbone' },
  decoder: { name: 'tiny-decoder' },
  loss: { name: 'tiny-loss' },
  image: { size: 8 },
};
const BATCH = 4;
const LABELS = 3;

let registry: ComponentRegistry;
let assembler: PipelineAssembler;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'q2l-weights-'));
  registry = await registryOf(TINY_PLUGIN, builtInPlugin('optimizers'));
  const configuration = new ConfigurationService(loadConfiguration({ environment: { Q2L_WEIGHTS: folder } }));
  const weights = new WeightFolder(configuration);
  assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
  engine = await createEngine({ engine: 'reference' });
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

const assemble = (changes: Partial<PipelineDefinitionInput> = {}) =>
  assembler.assemble(parseDefinition({ ...tiny, ...changes }), LABELS);

const sgd = () => {
  const { provider, options } = registry.resolve('optimizer', { name: 'sgd', options: { momentum: 0 } });
  return provider.build(options);
};

/** Each image has a colour of its own. */
const colourOf = (image: number, channel: number): number => ((image + 1) * (channel + 2) * 83) % 256;

function batch(): { images: NamedValues[string]; targets: NamedValues[string] } {
  const pixels = Float32Array.from({ length: BATCH * 8 * 8 * 3 }, (_, index) =>
    colourOf(Math.floor(index / 192), index % 3),
  );
  const targets = Float32Array.from({ length: BATCH * LABELS }, (_, index) => (index % 4 === 0 ? 1 : 0));
  return {
    images: { dtype: 'float32', shape: [BATCH, 8, 8, 3], data: pixels },
    targets: { dtype: 'float32', shape: [BATCH, LABELS], data: targets },
  };
}

interface Trained {
  readonly losses: number[];
  readonly norms: number[];
  readonly state: NamedValues;
}

async function train(
  pipeline: AssembledPipeline,
  steps: number,
  changes: Partial<TrainingProgramOptions> = {},
  learningRate = 0.5,
): Promise<Trained> {
  const options = { optimizer: sgd(), batchSize: BATCH, gradientClipNorm: null, averageDecay: null, ...changes };
  const { values } = await pipeline.initialValues(1);
  const { program, signature } = pipeline.trainingProgram(values, options);
  const executable = await engine.compile(program, signature);
  await executable.writeState(pipeline.initialTrainingState(values, options));
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const scalars = Object.entries(options.optimizer.scalars(step + 1, { learningRate }));
    const outputs = await executable.run({
      ...batch(),
      key: keyValue(keyOf(1, 'step', step)),
      ...Object.fromEntries(
        scalars.map(([name, value]) => [
          scalarName(name),
          { dtype: 'float32', shape: [], data: Float32Array.of(value) },
        ]),
      ),
    });
    losses.push(outputs['loss']?.data[0] ?? NaN);
    norms.push(outputs['gradientNorm']?.data[0] ?? NaN);
  }
  const state = await executable.readState();
  await executable.dispose();
  return { losses, norms, state };
}

const numbers = (values: NamedValues, name: string): number[] => [...(values[name]?.data ?? [])];

describe('an assembled pipeline', () => {
  it('names parameters as the official state dict does', async () => {
    const { parameters, featureMap } = await assemble();
    expect(parameters.map(({ name, role }) => [name, role])).toEqual([
      ['backbone.0.stem.weight', 'trainable'],
      ['backbone.0.stem.running_mean', 'buffer'],
      ['query_embed.weight', 'trainable'],
      ['fc.W', 'trainable'],
      ['fc.b', 'trainable'],
    ]);
    expect(featureMap).toEqual({ height: 2, width: 2, channels: 8 });
  });

  it('learns: the loss of one batch falls to a tenth', async () => {
    const { losses } = await train(await assemble(), 150, {}, 1);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 10);
  });

  it('updates buffers, and averages parameters and buffers after the update', async () => {
    const pipeline = await assemble();
    const { values } = await pipeline.initialValues(1);
    const { state } = await train(pipeline, 1, { averageDecay: 0.75 });
    for (const name of ['fc.W', 'backbone.0.stem.running_mean']) {
      const [before, after, average] = [numbers(values, name), numbers(state, name), numbers(state, averageName(name))];
      expect(after).not.toEqual(before);
      average.forEach((value, index) => expect(value).toBeCloseTo(0.75 * before[index] + 0.25 * after[index], 5));
    }
  });

  it('keeps frozen parameters as constants, and says which prefix matches nothing', async () => {
    const pipeline = await assemble({ freeze: ['backbone.0.', 'fc.b'] });
    expect(pipeline.parameters.filter(({ role }) => role === 'frozen').map(({ name }) => name)).toEqual([
      'backbone.0.stem.weight',
      'fc.b',
    ]);
    const { state } = await train(pipeline, 2, { averageDecay: 0.9 });
    expect(Object.keys(state).filter((name) => name.includes('fc.b') || name.includes('stem.weight'))).toEqual([]);
    expect(Object.keys(state)).toContain(momentName('momentum_buffer', 'fc.W'));
    await expect(assemble({ freeze: ['backbone.1.'] })).rejects.toThrow(/no parameter starts with "backbone.1."/);
  });

  it('clips by the global norm, and survives gradients of zero', async () => {
    const pipeline = await assemble();
    const { values } = await pipeline.initialValues(1);
    const free = await train(pipeline, 1, {}, 1);
    const clipped = await train(pipeline, 1, { gradientClipNorm: 0.01 }, 1);
    const moved = (state: NamedValues) =>
      Math.hypot(
        ...pipeline.parameters
          .filter(({ role }) => role === 'trainable')
          .flatMap(({ name }) => numbers(state, name).map((value, index) => value - numbers(values, name)[index])),
      );
    expect(moved(free.state)).toBeCloseTo(free.norms[0], 4);
    expect(clipped.norms).toEqual(free.norms);
    expect(moved(clipped.state)).toBeCloseTo(0.01, 5);
    const unknown = {
      dtype: 'float32',
      shape: [BATCH, LABELS],
      data: new Float32Array(BATCH * LABELS).fill(-1),
    } as const;
    const options = { optimizer: sgd(), batchSize: BATCH, gradientClipNorm: 1, averageDecay: null };
    const { program, signature } = pipeline.trainingProgram(values, options);
    const executable = await engine.compile(program, signature);
    await executable.writeState(pipeline.initialTrainingState(values, options));
    const scalar = { dtype: 'float32', shape: [], data: Float32Array.of(1) } as const;
    const outputs = await executable.run({
      ...batch(),
      targets: unknown,
      key: keyValue(keyOf(1)),
      [scalarName('learningRate')]: scalar,
      [scalarName('momentum')]: scalar,
    });
    expect(outputs['gradientNorm']?.data[0]).toBe(0);
    expect(numbers(await executable.readState(['fc.W']), 'fc.W')).toEqual(numbers(values, 'fc.W'));
  });

  it('draws dropout from the key of the step alone', async () => {
    const pipeline = await assemble({ backbone: { name: 'tiny-backbone', options: { dropout: 0.5 } } });
    expect((await train(pipeline, 3)).losses).toEqual((await train(pipeline, 3)).losses);
    expect((await train(pipeline, 1)).losses).not.toEqual((await train(await assemble(), 1)).losses);
  });

  it('predicts alike with parameters as constants and as state, with attention over the map', async () => {
    const pipeline = await assemble();
    const { values } = await pipeline.initialValues(5);
    const { images } = batch();
    const constant = pipeline.predictionProgram(values, BATCH, { attention: true });
    const shares = { dtype: 'float32', shape: [BATCH, 1, 1], data: new Float32Array(BATCH).fill(1) } as const;
    const compiled = await engine.compile(constant.program, constant.signature);
    const outputs = await compiled.run({ images, [ATTENTION_SHARES]: shares });
    const evaluation = pipeline.evaluationProgram(values, BATCH);
    const executable = await engine.compile(evaluation.program, evaluation.signature);
    await executable.writeState(
      Object.fromEntries(Object.keys(evaluation.signature.state).map((name) => [name, values[name]])),
    );
    expect((await executable.run({ images }))['probabilities']).toEqual(outputs['probabilities']);
    expect(outputs['attention']?.shape).toEqual([BATCH, LABELS, 2, 2]);
    const sums = Array.from({ length: BATCH * LABELS }, (_, row) =>
      numbers(outputs, 'attention').slice(row * 4, row * 4 + 4),
    );
    for (const cells of sums) expect(cells.reduce((sum, cell) => sum + cell, 0)).toBeCloseTo(1, 5);
  });
});

describe('normalisation', () => {
  it.each([
    ['imagenet', [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]],
    ['none', [0, 0, 0], [1, 1, 1]],
    ['half', [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]],
  ] as const)('by name is stored as numbers: %s', async (normalization, mean, std) => {
    const pipeline = await assemble({ image: { size: 8, normalization } });
    expect(pipeline.definition.image.normalization).toEqual({ mean, std });
    expect(pipeline.normalization).toEqual({ mean, std });
    const again = await assembler.assemble(parseDefinition(pipeline.definition), LABELS);
    expect(again.definition).toEqual(pipeline.definition);
  });
});

describe('initial weights', () => {
  const weight = { dtype: 'float32', shape: [8, 3], data: new Float32Array(24).fill(0.25) } as const;
  const mean = { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) } as const;
  const withWeights = (file: string, partial = false) =>
    assemble({ backbone: { name: 'tiny-backbone', weights: { file, partial } } });

  async function write(name: string, tensors: NamedValues): Promise<string> {
    const handle = await open(join(folder, name), 'w');
    await writeSafetensors(handle, tensors);
    await handle.close();
    return name;
  }

  it.each([
    ['official', 'backbone.0.stem.'],
    ['bare', 'stem.'],
    ['shortened', ''],
  ])('finds parameters under %s names and reports every name', async (title, prefix) => {
    const head = { dtype: 'float32', shape: [1], data: Float32Array.of(1) } as const;
    const file = await write(`${title}.safetensors`, {
      [`${prefix}weight`]: weight,
      [`${prefix}running_mean`]: mean,
      'classifier.bias': head,
      extra: head,
    });
    const { values, weights } = await (await withWeights(file)).initialValues(1);
    expect(numbers(values, 'backbone.0.stem.weight')).toEqual([...weight.data]);
    expect(weights).toMatchObject({ file, missing: [], unexpected: ['extra'], ignored: [{ name: 'classifier.bias' }] });
    expect(weights?.matched).toHaveLength(2);
    expect(weights?.prefix).toBe('backbone.0.stem.'.slice(0, 16 - prefix.length));
  });

  it('refuses a file that lacks parameters unless told otherwise, and one of another shape', async () => {
    const file = await write('partial.safetensors', { 'stem.weight': weight });
    await expect((await withWeights(file)).initialValues(1)).rejects.toThrow(
      /holds 1 of the 2.*lacks backbone.0.stem.running_mean/,
    );
    expect((await (await withWeights(file, true)).initialValues(1)).weights?.missing).toEqual([
      'backbone.0.stem.running_mean',
    ]);
    const wide = await write('wide.safetensors', {
      'stem.weight': { ...weight, shape: [4, 6] },
      'stem.running_mean': mean,
    });
    await expect((await withWeights(wide)).initialValues(1)).rejects.toThrow(
      /"stem.weight" is F32 \[4, 6\], but .* is \[8, 3\]/,
    );
  });

  it.each(['../secret', '/etc/passwd', 'a/../../b', 'nothing.safetensors'])('does not read %s', async (name) => {
    await expect((await withWeights(name)).initialValues(1)).rejects.toThrow(
      /not a name in the weights folder|There is no weights file/,
    );
  });
});
