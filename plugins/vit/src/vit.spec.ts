import { describe, expect, it } from '@jest/globals';
import { createParameterDeclarations } from '@query2label/sdk';
import { testBackbone } from '@query2label/sdk/testing';
import { VitB16 } from './index.js';

const imageSize = { height: 16, width: 32 };
testBackbone(
  { provider: new VitB16(), imageSize, options: { layers: 1, positionGrid: 3, width: 8, heads: 2 } },
  { describe, it },
);

describe('VitB16', () => {
  it('refuses an image that patches do not cover, with the numbers', () => {
    const parameters = createParameterDeclarations();
    const assets = { list: () => Promise.resolve([]), read: () => Promise.reject(new Error('none')) };
    const context = { imageSize: { height: 224, width: 230 }, parameters, assets };
    expect(() => new VitB16().build({ positionGrid: 14 }, context)).toThrow(
      /224 x 230 pixels, expected multiples of 16/,
    );
  });
});
