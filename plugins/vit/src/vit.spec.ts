import { describe, expect, it } from '@jest/globals';
import { createParameterDeclarations } from '@query2label/sdk';
import { testBackbone } from '@query2label/sdk/testing';
import { VitB16, VitL16 } from './index.js';

const imageSize = { height: 16, width: 32 };
testBackbone(
  { provider: new VitB16(), imageSize, options: { layers: 1, positionGrid: 3, width: 8, heads: 2 } },
  { describe, it },
);

testBackbone(
  { provider: new VitL16(), imageSize, options: { layers: 2, positionGrid: 2, width: 12, heads: 3 } },
  { describe, it },
);

describe('VitB16 and VitL16', () => {
  // Of torchvision's vit_b_16 and vit_l_16 without their classifiers: 86,567,656 - 769,000 and 304,326,632 - 1,025,000.
  it.each([
    [new VitB16(), 768, 85_798_656],
    [new VitL16(), 1024, 303_301_632],
  ])('have the published number of parameters: %#', (provider, channels, expected) => {
    const parameters = createParameterDeclarations();
    const assets = { list: () => Promise.resolve([]), read: () => Promise.reject(new Error('none')) };
    const context = { imageSize: { height: 224, width: 224 }, parameters, assets };
    expect(provider.build({ positionGrid: 14 }, context).featureMap).toEqual({ height: 14, width: 14, channels });
    const count = parameters.specs.reduce((sum, { shape }) => sum + shape.reduce((one, other) => one * other, 1), 0);
    expect(count).toBe(expected);
  });

  it('refuses an image that patches do not cover, with the numbers', () => {
    const parameters = createParameterDeclarations();
    const assets = { list: () => Promise.resolve([]), read: () => Promise.reject(new Error('none')) };
    const context = { imageSize: { height: 224, width: 230 }, parameters, assets };
    expect(() => new VitB16().build({ positionGrid: 14 }, context)).toThrow(
      /224 x 230 pixels, expected multiples of 16/,
    );
  });
});
