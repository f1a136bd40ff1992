import { IMAGENET_NORMALIZATION, layerNorm, OptionsError } from '@query2label/sdk';
import type { BackboneContext, BuiltBackbone, FeatureMapSize, Layer } from '@query2label/sdk';
import type { CvtOptions } from './options.js';
import { stage } from './stage.js';

const WIDTHS = [192, 768, 1024];
const DEPTHS = [2, 2, 20];
const HEADS = [3, 12, 16];
const PATCHES = [
  { kernel: 7, stride: 4, padding: 2 },
  { kernel: 3, stride: 2, padding: 1 },
  { kernel: 3, stride: 2, padding: 1 },
];

/**
 * A convolutional vision transformer without its classifier: three stages, 4, 8 and 16 pixels per cell.
 * @throws OptionsError if the heads of a stage do not divide its channels
 */
export function convolutionalTransformer(
  options: CvtOptions,
  { imageSize, parameters }: BackboneContext,
): BuiltBackbone {
  const { widths = WIDTHS, depths = DEPTHS, heads = HEADS } = options;
  const unfit = widths.findIndex((width, index) => width % heads[index] !== 0);
  if (unfit !== -1) {
    const message = `received ${heads[unfit]} for stage ${unfit}, which does not divide its ${widths[unfit]} channels; expected a divisor of them`;
    throw new OptionsError('backbone "cvt"', [{ path: 'heads', message }]);
  }
  let map: FeatureMapSize = { ...imageSize, channels: 3 };
  const last = PATCHES.length - 1;
  const stages = PATCHES.map((patch, index): Layer => {
    const built = stage(parameters.scope(`stage${index}`), {
      input: map,
      width: widths[index],
      depth: depths[index],
      heads: heads[index],
      patch,
      hasClassToken: index === last,
      dropPath: index === last ? options.dropPath : 0,
    });
    ({ map } = built);
    return built.forward;
  });
  const norm = layerNorm(parameters.scope('norm'), { width: map.channels });
  return {
    featureMap: map,
    normalization: IMAGENET_NORMALIZATION,
    forward: (scope, images) =>
      norm(
        scope,
        stages.reduce((x, layer) => layer(scope, x), images),
      ),
  };
}
