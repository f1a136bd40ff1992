import { describe, expect, it } from '@jest/globals';
import { createParameterDeclarations, parseOptions, tf } from '@query2label/sdk';
import { testBackbone } from '@query2label/sdk/testing';
import { attentionMask, windowGeometry } from './geometry.js';
import { Swin, swinOptions } from './index.js';
import { publishedNames } from './published-names.js';
import { cutWindows, joinWindows } from './windows.js';

const small = { width: 8, heads: 1, depths: [2, 1, 1, 1], window: 2 };
testBackbone(
  { provider: new Swin(), options: { ...small, dropPath: 0 }, imageSize: { height: 32, width: 48 } },
  { describe, it },
);
// windows that do not cover the map, and stages with an odd number of rows
testBackbone(
  { provider: new Swin(), options: { ...small, window: 3 }, imageSize: { height: 20, width: 36 } },
  { describe, it },
);

function build(options: Record<string, unknown>, size: number) {
  const declarations = createParameterDeclarations('backbone.0.');
  const context = {
    imageSize: { height: size, width: size },
    parameters: declarations,
    assets: { list: () => Promise.resolve([]), read: () => Promise.reject(new Error('no files')) },
  };
  const backbone = new Swin().build(parseOptions(swinOptions, options, 'backbone "swin"'), context);
  return { backbone, declarations };
}

describe('Swin', () => {
  it.each([
    ['b', 7, 224, 86_743_224],
    ['l', 12, 384, 195_198_516],
  ])('has the published number of parameters: %s, window %i, %i pixels', (variant, window, size, expected) => {
    const { specs } = build({ variant, window }, size).declarations;
    const count = specs.reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
    expect(count).toBe(expected);
  });

  it('makes a map of 32 pixels per cell of any multiple of 4, and refuses others with the numbers', () => {
    expect(build(small, 100).backbone.featureMap).toEqual({ height: 4, width: 4, channels: 64 });
    expect(() => build(small, 226)).toThrow(
      /image\.size: received 226 x 226 pixels, expected multiples of 4, for example 228/,
    );
  });

  it('refuses heads that do not divide the channels', () => {
    expect(() => build({ ...small, heads: 3 }, 64)).toThrow(/heads: received 3, which does not divide the width 8/);
  });

  it('says how it was fitted to the image size', () => {
    expect(build({ variant: 'b' }, 224).backbone.notes).toEqual([]);
    expect(build({ variant: 'b' }, 160).backbone.notes).toEqual([
      'stage 0: a map of 40 x 40 cells has to be padded to 42 x 42',
      'stage 1: a map of 20 x 20 cells has to be padded to 21 x 21',
      'stage 2: a map of 10 x 10 cells has to be padded to 14 x 14',
      'stage 3: a map of 5 x 5 cells has windows of 5 x 5 cells instead of 7 x 7',
    ]);
  });

  it('interpolates relative biases of another window, each head by itself', () => {
    const { backbone } = build({ ...small, window: 4 }, 128);
    const name = 'layers.1.blocks.0.attn.relative_position_bias_table';
    const resize = backbone.resizer?.(name, [9, 2]);
    const resized = resize?.(
      Float32Array.from({ length: 18 }, (_, place) => (place % 2 === 0 ? 5 : Math.floor(place / 6))),
    );
    expect(resized?.length).toBe(49 * 2);
    const heads = [0, 1].map((head) => Array.from(resized ?? []).filter((_, place) => place % 2 === head));
    heads[0].forEach((value) => expect(value).toBeCloseTo(5, 5));
    // the second head grows from the first row to the last, and its middle row stays
    expect(heads[1][24]).toBeCloseTo(1, 5);
    expect(heads[1][0]).toBeLessThan(heads[1][24]);
    expect(backbone.resizer?.(name, [9, 3])).toBeUndefined();
    expect(backbone.resizer?.('norm.weight', [9, 2])).toBeUndefined();
  });

  it("finds the merging of patches under newer timm's names", () => {
    expect(publishedNames('layers.0.downsample.reduction.weight')).toEqual(['layers.1.downsample.reduction.weight']);
    expect(publishedNames('layers.0.blocks.0.norm1.weight')).toEqual([]);
  });

  it('joins what it cut, shifted and padded or not', () => {
    for (const [height, width, window, shifted] of [
      [4, 4, 2, true],
      [5, 7, 3, true],
      [5, 7, 3, false],
      [2, 6, 4, true],
    ] as const) {
      const geometry = windowGeometry(height, width, window, shifted);
      const map = tf.reshape<tf.Rank.R4>(tf.range(0, 2 * height * width * 3), [2, height, width, 3]);
      expect(joinWindows(cutWindows(map, geometry), geometry).dataSync()).toEqual(map.dataSync());
    }
  });

  it('keeps apart what only the roll brought together', () => {
    // 4 x 4 cells, windows of 2, rolled by 1: the first window is whole, the last holds the four corners
    const mask = attentionMask(windowGeometry(4, 4, 2, true));
    expect(Array.from(mask.subarray(0, 16))).toEqual(new Array(16).fill(0));
    const apart = Array.from({ length: 16 }, (_, pair) => (pair % 5 === 0 ? 0 : -100));
    expect(Array.from(mask.subarray(48, 64))).toEqual(apart);
  });
});
