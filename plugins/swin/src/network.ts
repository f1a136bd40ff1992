import { conv2d, IMAGENET_NORMALIZATION, layerNorm, OptionsError } from '@query2label/sdk';
import type { BackboneContext, BuiltBackbone, Layer } from '@query2label/sdk';
import type { SwinOptions } from './options.js';
import { publishedNames } from './published-names.js';
import { biasResizer } from './resize-biases.js';
import { stage } from './stage.js';

/** Pixels along each side of a patch. */
const PATCH = 4;
const WIDTHS = { b: 128, l: 192 } as const;
const DEPTHS = [2, 2, 18, 2];
const HEAD_WIDTH = 32;

const BIAS_TABLE = /^layers\.(\d+)\..*\.relative_position_bias_table$/;

/**
 * A Swin transformer without its classifier: four stages, between which the map shrinks to half and the channels double.
 * @throws OptionsError if the image is not a multiple of the patch
 */
export function swinTransformer(options: SwinOptions, { imageSize, parameters }: BackboneContext): BuiltBackbone {
  if (imageSize.height % PATCH !== 0 || imageSize.width % PATCH !== 0) {
    const example = Math.ceil(imageSize.height / PATCH) * PATCH;
    const message = `received ${imageSize.height} x ${imageSize.width} pixels, expected multiples of ${PATCH}, for example ${example}`;
    throw new OptionsError('backbone "swin"', [{ path: 'image.size', message }]);
  }
  const { width = WIDTHS[options.variant], depths = DEPTHS } = options;
  const heads = options.heads ?? Math.max(1, Math.floor(width / HEAD_WIDTH));
  if (width % heads !== 0) {
    const message = `received ${heads}, which does not divide the width ${width}; expected a divisor of it`;
    throw new OptionsError('backbone "swin"', [{ path: 'heads', message }]);
  }
  const embed = conv2d(parameters.scope('patch_embed.proj'), {
    inputs: 3,
    outputs: width,
    kernel: PATCH,
    stride: PATCH,
  });
  const embedNorm = layerNorm(parameters.scope('patch_embed.norm'), { width });
  const blockCount = depths.reduce((sum, depth) => sum + depth, 0);
  let map = { height: imageSize.height / PATCH, width: imageSize.width / PATCH, channels: width };
  let first = 0;
  const windows: number[] = [];
  const notes: string[] = [];
  const stages = depths.map((depth, index): Layer => {
    const start = first;
    const built = stage(parameters.scope(`layers.${index}`), {
      map,
      depth,
      heads: heads * 2 ** index,
      window: options.window,
      dropPath: (block) => (options.dropPath * (start + block)) / Math.max(1, blockCount - 1),
      isLast: index === depths.length - 1,
    });
    first += depth;
    windows.push(built.window);
    if (built.note !== undefined) notes.push(`stage ${index}: ${built.note}`);
    ({ map } = built);
    return built.forward;
  });
  const norm = layerNorm(parameters.scope('norm'), { width: map.channels });
  return {
    featureMap: map,
    normalization: IMAGENET_NORMALIZATION,
    notes,
    alternativeNames: publishedNames,
    resizer: (name, shape) => {
      const index = Number(BIAS_TABLE.exec(name)?.[1] ?? Number.NaN);
      const window = windows[index];
      return window === undefined ? undefined : biasResizer(shape, window, heads * 2 ** index);
    },
    forward: (scope, images) => {
      const start = embedNorm(scope, embed(scope, images));
      return norm(
        scope,
        stages.reduce((x, layer) => layer(scope, x), start),
      );
    },
  };
}
