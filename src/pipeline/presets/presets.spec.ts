import { beforeAll, describe, expect, it } from '@jest/globals';
import { builtInPlugin, registryOf } from '../../../test/support/component-registry.js';
import { ConfigurationService, loadConfiguration } from '../../config/index.js';
import type { ComponentRegistry } from '../../plugin/index.js';
import { parseDefinition } from '../parse-definition.js';
import { PipelineAssembler } from '../pipeline-assembler.js';
import { profilePipeline, type PipelineProfile } from '../profile-pipeline.js';
import { WeightFolder } from '../weight-folder.js';
import { BackboneRecognizer } from '../weights/backbone-recognizer.js';
import { changedDefinition, PIPELINE_PRESETS, presetNamed } from './presets.js';

const PLUGINS = [
  ...['resnet', 'tresnet', 'swin', 'cvt', 'mobilenet', 'query2label', 'asymmetric-loss', 'binary-cross-entropy'],
  ...['optimizers', 'schedules', 'augmentations'],
];

let registry: ComponentRegistry;
let assembler: PipelineAssembler;
beforeAll(async () => {
  registry = await registryOf(...PLUGINS.map(builtInPlugin));
  const configuration = new ConfigurationService(loadConfiguration({ environment: {} }));
  const weights = new WeightFolder(configuration);
  assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
});

async function profile(name: string, batchSize: number): Promise<PipelineProfile> {
  const { definition, labelCount } = presetNamed(name);
  const pipeline = await assembler.assemble(parseDefinition(definition), labelCount);
  const { provider, options } = registry.resolve('optimizer', { name: 'adamw', options: {} });
  return profilePipeline(pipeline, provider.build(options), { batchSize, averageDecay: 0.9997 });
}

describe('presets', () => {
  it.each(PIPELINE_PRESETS)('$name fits together', async ({ definition, ...preset }) => {
    const pipeline = await assembler.assemble(parseDefinition(definition), preset.labelCount);
    expect(pipeline.parameters.length).toBeGreaterThan(10);
  });

  it('names every preset once, and the closest one where there is none', () => {
    expect(new Set(PIPELINE_PRESETS.map(({ name }) => name)).size).toBe(PIPELINE_PRESETS.length);
    expect(() => presetNamed('q2l-r101-484')).toThrow(/There is no pipeline preset "q2l-r101-484"/);
  });

  it("tells the paper's mean average precision with its protocol, and none where nothing is published", () => {
    const told = PIPELINE_PRESETS.map(({ name, published }) => [name, published?.meanAveragePrecision ?? null]);
    expect(Object.fromEntries(told)).toMatchObject({
      ...{ 'q2l-r101-448': 0.849, 'q2l-r101-576': 0.865, 'q2l-tresl-448': 0.873, 'q2l-tresl22k-448': 0.892 },
      ...{ 'q2l-swinl-384': 0.905, 'q2l-cvt-384': 0.913, 'q2l-small-64': null },
    });
    for (const { published } of PIPELINE_PRESETS)
      if (published !== null) expect(published.protocol).toBe('voc-all-point');
  });

  it('has its parameters counted: ResNet-101 without its classifier, and the official transformer for 80 labels', async () => {
    const { parameters, trainableParameters } = await profile('q2l-r101-448', 1);
    // torchvision's resnet101 has 44,549,160 parameters, 2,049,000 of them in its classifier and 105,344 in batch normalisation,
    // which the official code makes buffers.
    const backbone = 44_549_160 - 2_049_000 - 105_344;
    const [d, f, k] = [2048, 8192, 80];
    const attention = 4 * d * d + 4 * d;
    const layer = attention + (2 * d * f + f + d) + 2 * 2 * d;
    const head = k * d + (k * d + k);
    expect(parameters).toBe(backbone + 3 * layer + 2 * d + head);
    // The stem and layer1 are frozen.
    expect(parameters - trainableParameters).toBe(222_400);
  });

  // Of the backbones: torchvision's and the papers' numbers, without classifiers; of the transformer: as above.
  it.each([
    ['q2l-tresl-448', 2432, 53.6],
    ['q2l-tresl22k-448', 2048, 44.1],
    ['q2l-swinl-384', 1536, 195.2],
    ['q2l-cvt-384', 1024, 276.2],
  ])('%s: a transformer of %i for 80 labels on a backbone of %d million parameters', async (name, d, millions) => {
    const { definition, labelCount } = presetNamed(name);
    const { parameters } = await assembler.assemble(parseDefinition(definition), labelCount);
    const size = (specs: typeof parameters) =>
      specs.reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
    const own = parameters.filter(({ role }) => role !== 'buffer');
    const backbone = own.filter(({ name: parameter }) => parameter.startsWith('backbone.'));
    expect(size(backbone) / 1e6).toBeCloseTo(millions, 0);
    const layer = 4 * d * d + 4 * d + (2 * d * 8192 + 8192 + d) + 4 * d;
    expect(size(own) - size(backbone)).toBe(3 * layer + 2 * d + 80 * d + 80 * d + 80);
  });

  it('has its operations counted: twice the multiply-adds', async () => {
    // ResNet-18 at 224 pixels has 1.8137e9 multiply-adds in its convolutions; 49 cells and 20 labels go through the transformer.
    const { predictionOperations, trainingOperations } = await profile('q2l-r18-224', 2);
    expect(predictionOperations).toBeGreaterThan(2 * 1.8137e9);
    expect(predictionOperations).toBeLessThan(2 * 2.1e9);
    expect(trainingOperations / predictionOperations).toBeGreaterThan(2);
    expect(trainingOperations / predictionOperations).toBeLessThanOrEqual(3);
  });

  it('needs memory for the parameters, and more with every image', async () => {
    const [some, more] = [await profile('q2l-small-64', 16), await profile('q2l-small-64', 32)];
    // Values, two moments and the average are resident.
    expect(some.trainingBytes).toBeGreaterThan(4 * 4 * some.parameters);
    expect(more.trainingBytes).toBeGreaterThan(some.trainingBytes + 4 * (more.predictionBytes - some.predictionBytes));
    expect(more.trainingOperations / some.trainingOperations).toBeCloseTo(1, 3);
  });
});

describe('changedDefinition', () => {
  const preset = presetNamed('q2l-r18-224');

  it('merges what differs', () => {
    const changes = { backbone: { weights: { file: 'r18.safetensors' } }, decoder: { options: { heads: 8 } } };
    const changed = parseDefinition(changedDefinition(preset, changes));
    expect(changed.backbone).toMatchObject({ name: 'resnet', options: { depth: 18 }, weights: { partial: false } });
    expect(changed.decoder.options).toEqual({ hiddenSize: 512, feedForwardSize: 1024, heads: 8 });
    expect(changedDefinition(preset, undefined)).toEqual(preset.definition);
  });

  it('does not hand the options of a component to another one', () => {
    const changed = parseDefinition(changedDefinition(preset, { decoder: { name: 'linear' } }));
    expect(changed.decoder).toEqual({ name: 'linear', options: {} });
  });
});
