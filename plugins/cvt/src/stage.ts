import { conv2d, layerNorm, tf } from '@query2label/sdk';
import type { FeatureMapSize, Layer, ParameterDeclarations } from '@query2label/sdk';
import { cvtBlock } from './block.js';
import { joinTokens, splitTokens } from './tokens.js';

export interface StageOptions {
  /** What goes in: the picture, or the map of the stage before. */
  readonly input: FeatureMapSize;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Of the convolution that embeds overlapping patches. */
  readonly patch: { readonly kernel: number; readonly stride: number; readonly padding: number };
  readonly hasClassToken: boolean;
  /** Rate at which the last block is skipped in training; those before it less. */
  readonly dropPath: number;
}

export interface Stage {
  /** What comes out. */
  readonly map: FeatureMapSize;
  readonly forward: Layer;
}

/** Embeds overlapping patches and lets them attend to each other; the class token, if any, takes part and is dropped. */
export function stage(parameters: ParameterDeclarations, options: StageOptions): Stage {
  const { input, width, depth, heads, patch, hasClassToken } = options;
  const extent = (pixels: number): number => Math.floor((pixels + 2 * patch.padding - patch.kernel) / patch.stride) + 1;
  const map = { height: extent(input.height), width: extent(input.width), channels: width };
  const embed = conv2d(parameters.scope('patch_embed.proj'), { inputs: input.channels, outputs: width, ...patch });
  const norm = layerNorm(parameters.scope('patch_embed.norm'), { width });
  const classToken = hasClassToken
    ? parameters.declare('cls_token', [1, 1, width], { kind: 'normal', standardDeviation: 0.02 })
    : undefined;
  const layout = { height: map.height, width: map.width, hasClassToken };
  const blocks = Array.from({ length: depth }, (_, index) => {
    const dropPath = (options.dropPath * index) / Math.max(1, depth - 1);
    return cvtBlock(parameters.scope(`blocks.${index}`), { width, heads, layout, dropPath });
  });
  return {
    map,
    forward: (scope, x) => {
      const embedded = norm(scope, embed(scope, x));
      const token =
        classToken === undefined
          ? undefined
          : tf.tile(tf.reshape<tf.Rank.R3>(scope.parameter(classToken), [1, 1, width]), [x.shape[0], 1, 1]);
      const start = joinTokens({ classToken: token, map: embedded });
      const mixed = blocks.reduce((tokens, block) => block(scope, tokens), start);
      return splitTokens(mixed, layout).map;
    },
  };
}
