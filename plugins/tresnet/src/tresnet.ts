import { Backbone, OptionsError, UNIT_NORMALIZATION } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';
import { tresnet } from './network.js';
import { tresnetOptions } from './options.js';
import type { TresnetOptions } from './options.js';
import { CELL } from './space-to-depth.js';

/**
 * TResNet (Ridnik et al. 2020, arXiv 2003.13630) under the names of the official Query2Label code: `body.body.conv1.0.weight`,
 * `body.body.layer1.0.conv1.1.running_mean`, ... Sides of images are multiples of 4 pixels; the feature map has one cell for
 * each 32 pixels, rounded up. It was trained on colours from 0 to 1.
 */
@Backbone({
  name: 'tresnet',
  description: 'TResNet-L, XL and L v2: space-to-depth stem, blurred strides, squeeze-and-excite, in-place ABN',
  options: tresnetOptions,
})
export class Tresnet implements BackboneProvider<TresnetOptions> {
  build(options: TresnetOptions, { imageSize, parameters }: BackboneContext): BuiltBackbone {
    const { height, width } = imageSize;
    if (height % CELL !== 0 || width % CELL !== 0) {
      const fitting = (pixels: number): number => Math.ceil(pixels / CELL) * CELL;
      throw new OptionsError('backbone "tresnet"', [
        {
          path: 'image size',
          message: `received ${width} x ${height}, expected multiples of ${CELL}, for example ${fitting(width)} x ${fitting(height)}`,
        },
      ]);
    }
    const network = tresnet(parameters.scope('body.body'), options);
    const cells = (pixels: number): number => Math.ceil(pixels / 32);
    return {
      featureMap: { height: cells(height), width: cells(width), channels: network.channels },
      normalization: UNIT_NORMALIZATION,
      forward: (scope, images) => network.forward(scope, images),
    };
  }
}
