import { describe, expect, it } from '@jest/globals';
import { createParameterDeclarations, parseOptions, tf } from '@query2label/sdk';
import { testBackbone } from '@query2label/sdk/testing';
import { blurAndHalve } from './blur.js';
import { Tresnet, tresnetOptions } from './index.js';

const imageSize = { height: 64, width: 76 };
testBackbone(
  { provider: new Tresnet(), options: { width: 4, blocks: [1, 1, 1, 1], frozenStages: 0 }, imageSize },
  { describe, it },
);
testBackbone(
  { provider: new Tresnet(), options: { width: 4, blocks: [1, 1, 2, 1], variant: 'l-v2' }, imageSize },
  { describe, it },
);

describe('Tresnet', () => {
  const build = (options: Record<string, unknown>, height = 224) => {
    const parameters = createParameterDeclarations('backbone.0.');
    const backbone = new Tresnet().build(parseOptions(tresnetOptions, options, 'tresnet'), {
      imageSize: { height, width: 224 },
      parameters,
      assets: { list: () => Promise.resolve([]), read: () => Promise.reject(new Error('none')) },
    });
    return { backbone, parameters };
  };

  // published sizes with the classifier of 1000 classes: 55.9 and 78.2 million (Ridnik et al. 2020)
  it.each([
    ['l', 2432, 55.9],
    ['xl', 2656, 78.2],
  ])('%s has %i channels and the published number of parameters', (variant, channels, millions) => {
    const { backbone, parameters } = build({ variant });
    const size = parameters.specs
      .filter(({ role }) => role !== 'buffer')
      .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
    expect(backbone.featureMap).toEqual({ height: 7, width: 7, channels });
    expect((size + channels * 1000 + 1000) / 1e6).toBeCloseTo(millions, 0);
  });

  it('freezes the stem and layer1 unless told otherwise', () => {
    const trainable = build({}).parameters.specs.filter(({ role }) => role === 'trainable');
    expect(trainable[0]?.name).toBe('backbone.0.body.body.layer2.0.conv1.0.0.weight');
  });

  it('refuses images that are not made of squares of 4 pixels, with sizes that would do', () => {
    expect(() => build({}, 222)).toThrow(/received 224 x 222, expected multiples of 4, for example 224 x 224/);
  });

  it('blurs by 1-2-1 with reflected edges before it halves', () => {
    const rows = tf.tensor4d([1, 2, 4, 8, 16], [1, 5, 1, 1]);
    // along the height: (2 + 2 * 1 + 2) / 4, (2 + 2 * 4 + 8) / 4, (8 + 2 * 16 + 8) / 4
    expect(Array.from(blurAndHalve(rows).dataSync())).toEqual([1.5, 4.5, 12]);
  });
});
