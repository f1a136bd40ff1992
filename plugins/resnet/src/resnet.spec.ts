import { describe, expect, it } from '@jest/globals';
import { createParameterDeclarations, parseOptions } from '@query2label/sdk';
import { testBackbone } from '@query2label/sdk/testing';
import { Resnet, resnetOptions } from './index.js';

const small = { width: 4, depth: 18, frozenStages: 0 };
const imageSize = { height: 32, width: 48 };
testBackbone({ provider: new Resnet(), options: { ...small, normalization: 'batch' }, imageSize }, { describe, it });
testBackbone(
  { provider: new Resnet(), options: { ...small, depth: 50, frozenStages: 2, outputStride: 16 }, imageSize },
  { describe, it },
);

describe('Resnet', () => {
  const build = (options: Record<string, unknown>, height = 224) => {
    const parameters = createParameterDeclarations('backbone.0.');
    const backbone = new Resnet().build(parseOptions(resnetOptions, options, 'resnet'), {
      imageSize: { height, width: 224 },
      parameters,
      assets: { list: () => Promise.resolve([]), read: () => Promise.reject(new Error('none')) },
    });
    return { backbone, parameters };
  };

  it.each([
    [18, 512, 11_176_512],
    [34, 512, 21_284_672],
    [50, 2048, 23_508_032],
    [101, 2048, 42_500_160],
  ])('of %i layers has %i channels and the published number of parameters', (depth, channels, count) => {
    const { backbone, parameters } = build({ depth, normalization: 'batch', frozenStages: 0 });
    const size = parameters.specs
      .filter(({ role }) => role === 'trainable')
      .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
    expect(backbone.featureMap).toEqual({ height: 7, width: 7, channels });
    expect(size).toBe(count);
  });

  it('freezes the stem and layer1 unless told otherwise', () => {
    const trainable = build({ depth: 18 }).parameters.specs.filter(({ role }) => role === 'trainable');
    expect(trainable[0]?.name).toBe('backbone.0.body.layer2.0.conv1.weight');
    expect(build({ depth: 18, frozenStages: 5 }).parameters.specs.some(({ role }) => role === 'trainable')).toBe(false);
  });

  it('rounds the feature map up', () => {
    expect(build({ depth: 18 }, 225).backbone.featureMap.height).toBe(8);
    expect(build({ depth: 18, outputStride: 8 }, 225).backbone.featureMap.height).toBe(29);
  });
});
