import { beforeAll, describe, expect, it } from '@jest/globals';
import { builtInPlugin, registryOf } from '../../test/support/component-registry.js';
import { ConfigurationService, loadConfiguration } from '../config/index.js';
import { parseDefinition } from './parse-definition.js';
import { PipelineAssembler } from './pipeline-assembler.js';
import { WeightFolder } from './weight-folder.js';
import { BackboneRecognizer } from './weights/backbone-recognizer.js';

const EVERYTHING = ['backbone.0.'];
const resnet = (options: object) => ({ name: 'resnet', options: { depth: 18, width: 4, ...options } });
const swin = (options: object) => ({
  name: 'swin',
  options: { width: 8, depths: [1, 1, 1, 1], heads: 1, window: 4, ...options },
});

describe('why the features of a picture change', () => {
  let assembler: PipelineAssembler;

  beforeAll(async () => {
    const plugins = ['resnet', 'swin', 'linear-decoder', 'binary-cross-entropy'].map(builtInPlugin);
    const registry = await registryOf(...plugins);
    const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
    assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
  });

  async function reason(backbone: { name: string; options: object }, freeze: string[] = []): Promise<string | null> {
    const definition = { decoder: { name: 'linear' }, loss: { name: 'binary-cross-entropy' }, image: { size: 32 } };
    const pipeline = await assembler.assemble(parseDefinition({ ...definition, backbone, freeze }), 3);
    return pipeline.whyFeaturesChange((await pipeline.initialValues(0)).values);
  }

  it('is that parameters learn', async () => {
    expect(await reason(resnet({ frozenStages: 2 }))).toMatch(/parameters of the backbone learn, "backbone\.0\./);
  });

  it('is nothing where all of it is frozen, by its options or by prefix', async () => {
    expect(await reason(resnet({ frozenStages: 5 }))).toBeNull();
    expect(await reason(resnet({ frozenStages: 0 }), EVERYTHING)).toBeNull();
  });

  it('is that running statistics move, though nothing learns', async () => {
    const moving = await reason(resnet({ frozenStages: 0, normalization: 'batch' }), EVERYTHING);
    expect(moving).toMatch(/moves its buffer "backbone\.0\..*running_mean"/);
  });

  it('is that it drops paths at random, though nothing learns', async () => {
    expect(await reason(swin({ dropPath: 0.2 }), EVERYTHING)).toMatch(/draws random numbers at "backbone\.0\./);
    expect(await reason(swin({ dropPath: 0 }), EVERYTHING)).toBeNull();
  });
});
