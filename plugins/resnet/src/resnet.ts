import { Backbone, IMAGENET_NORMALIZATION } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';
import { residualNetwork } from './network.js';
import { resnetOptions } from './options.js';
import type { ResnetOptions } from './options.js';

/**
 * Residual networks (He et al. 2015) in torchvision's variant, under the names of the official Query2Label code: `body.conv1.weight`,
 * `body.layer1.0.bn1.running_mean`, ... Any image size works; the feature map has one cell for each `outputStride` pixels, rounded up.
 */
@Backbone({
  name: 'resnet',
  description: 'Residual network of 18, 34, 50 or 101 layers, as torchvision and the official Query2Label code have it',
  options: resnetOptions,
})
export class Resnet implements BackboneProvider<ResnetOptions> {
  build(options: ResnetOptions, { imageSize, parameters }: BackboneContext): BuiltBackbone {
    const network = residualNetwork(parameters.scope('body'), options);
    // every halving rounds up, so that they can be taken at once
    const cells = (pixels: number): number => Math.ceil(pixels / options.outputStride);
    return {
      featureMap: { height: cells(imageSize.height), width: cells(imageSize.width), channels: network.channels },
      normalization: IMAGENET_NORMALIZATION,
      forward: (scope, images) => network.forward(scope, images),
    };
  }
}
