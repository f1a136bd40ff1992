import { Backbone, batchNorm, conv2d, heNormal, IMAGENET_NORMALIZATION, tf, z } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';

const options = z.strictObject({
  stages: z.int().min(1).max(6).default(4).describe('Convolutions; each halves the height and the width'),
  width: z
    .int()
    .min(1)
    .max(512)
    .default(16)
    .describe('Channels of the first convolution; each next one has twice as many'),
});
type TinyNetOptions = z.output<typeof options>;

/** A few strided convolutions, each with batch normalisation and ReLU. Pipelines refer to it as `tiny-net`. */
@Backbone({ name: 'tiny-net', description: 'A few strided convolutions: a backbone to start from', options })
export class TinyNet implements BackboneProvider<TinyNetOptions> {
  build({ stages, width }: TinyNetOptions, { imageSize, parameters }: BackboneContext): BuiltBackbone {
    const blocks = Array.from({ length: stages }, (_, index) => {
      const block = parameters.scope(`stages.${index}`);
      const outputs = width * 2 ** index;
      return {
        convolve: conv2d(block.scope('conv'), {
          inputs: index === 0 ? 3 : outputs / 2,
          outputs,
          kernel: 3,
          stride: 2,
          padding: 1,
          bias: false,
          weightInitializer: heNormal(outputs * 9),
        }),
        normalize: batchNorm(block.scope('norm'), { channels: outputs }),
      };
    });
    return {
      featureMap: {
        height: Math.ceil(imageSize.height / 2 ** stages),
        width: Math.ceil(imageSize.width / 2 ** stages),
        channels: width * 2 ** (stages - 1),
      },
      normalization: IMAGENET_NORMALIZATION,
      forward: (scope, images) =>
        blocks.reduce((x, { convolve, normalize }) => tf.relu(normalize(scope, convolve(scope, x))), images),
    };
  }
}
