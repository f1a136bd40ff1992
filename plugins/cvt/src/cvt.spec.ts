import { describe, expect, it } from '@jest/globals';
import { createParameterDeclarations, parseOptions } from '@query2label/sdk';
import { testBackbone } from '@query2label/sdk/testing';
import { Cvt, cvtOptions } from './index.js';

const small = { widths: [4, 8, 12], depths: [1, 1, 2], heads: [1, 2, 3] };
// sides that no stage divides evenly
testBackbone(
  { provider: new Cvt(), options: { ...small, dropPath: 0 }, imageSize: { height: 38, width: 53 } },
  { describe, it },
);
testBackbone(
  { provider: new Cvt(), options: { ...small, dropPath: 0.5 }, imageSize: { height: 32, width: 48 } },
  { describe, it },
);

function build(options: Record<string, unknown>, size: number) {
  const parameters = createParameterDeclarations();
  const backbone = new Cvt().build(parseOptions(cvtOptions, options, 'backbone "cvt"'), {
    imageSize: { height: size, width: size },
    parameters,
    assets: { list: () => Promise.resolve([]), read: () => Promise.reject(new Error('no files')) },
  });
  return { backbone, parameters };
}

describe('CvT', () => {
  it('makes a map of 16 pixels per cell', () => {
    expect(build({}, 384).backbone.featureMap).toEqual({ height: 24, width: 24, channels: 1024 });
    expect(build(small, 100).backbone.featureMap).toEqual({ height: 7, width: 7, channels: 12 });
  });

  it('refuses heads that do not divide the channels of their stage', () => {
    expect(() => build({ ...small, heads: [1, 3, 3] }, 64)).toThrow(/heads: received 3 for stage 1.*its 8 channels/);
  });
});
