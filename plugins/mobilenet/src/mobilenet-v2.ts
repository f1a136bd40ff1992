import { Backbone, HALF_NORMALIZATION, IMAGENET_NORMALIZATION } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone, Layer } from '@query2label/sdk';
import { convolutionUnit } from './convolution.js';
import { invertedResidual } from './inverted-residual.js';
import { mobilenetOptions } from './options.js';
import type { MobilenetOptions } from './options.js';

/** Expansion, output channels, number of blocks and first stride of each stage (Sandler et al. 2018, table 2). */
const STAGES = [
  { expansion: 1, outputs: 16, blocks: 1, stride: 1 },
  { expansion: 6, outputs: 24, blocks: 2, stride: 2 },
  { expansion: 6, outputs: 32, blocks: 3, stride: 2 },
  { expansion: 6, outputs: 64, blocks: 4, stride: 2 },
  { expansion: 6, outputs: 96, blocks: 3, stride: 1 },
  { expansion: 6, outputs: 160, blocks: 3, stride: 2 },
  { expansion: 6, outputs: 320, blocks: 1, stride: 1 },
] as const;
const STEM = 32;
const CHANNELS = 1280;

/** Channels times the width, to the nearest multiple of 8, but never a tenth below. */
function scaled(channels: number, width: number): number {
  const wanted = channels * width;
  const nearest = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return nearest < 0.9 * wanted ? nearest + 8 : nearest;
}

/**
 * MobileNetV2 (Sandler et al. 2018) under torchvision's names, `features.0.0.weight` to `features.18.1.running_var`; the
 * classifier is left out. Any image size works; the feature map has one cell for each 32 pixels, rounded up.
 */
@Backbone({
  name: 'mobilenet-v2',
  description: 'MobileNetV2, small and fast: 1280 channels, 32 pixels per cell',
  options: mobilenetOptions,
})
export class MobilenetV2 implements BackboneProvider<MobilenetOptions> {
  build(options: MobilenetOptions, { imageSize, parameters }: BackboneContext): BuiltBackbone {
    const features = parameters.scope('features');
    const convolution = (index: number, unit: Parameters<typeof convolutionUnit>[2]): Layer =>
      convolutionUnit(features.scope(`${index}.0`), features.scope(`${index}.1`), unit, options);
    let inputs = scaled(STEM, options.width);
    const layers = [convolution(0, { inputs: 3, outputs: inputs, kernel: 3, stride: 2, activated: true })];
    for (const { expansion, outputs: channels, blocks, stride } of STAGES) {
      const outputs = scaled(channels, options.width);
      for (let block = 0; block < blocks; block += 1) {
        const geometry = { inputs, outputs, expansion, stride: block === 0 ? stride : 1 } as const;
        layers.push(invertedResidual(features.scope(String(layers.length)), geometry, options));
        inputs = outputs;
      }
    }
    layers.push(convolution(layers.length, { inputs, outputs: CHANNELS, kernel: 1, activated: true }));
    const cells = (pixels: number): number => Math.ceil(pixels / 32);
    return {
      featureMap: { height: cells(imageSize.height), width: cells(imageSize.width), channels: CHANNELS },
      normalization: options.normalization === 'half' ? HALF_NORMALIZATION : IMAGENET_NORMALIZATION,
      forward: (scope, images) => layers.reduce((x, layer) => layer(scope, x), images),
    };
  }
}
