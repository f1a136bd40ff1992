import { Backbone } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';
import { swinTransformer } from './network.js';
import { swinOptions } from './options.js';
import type { SwinOptions } from './options.js';

/**
 * Swin-B and Swin-L (Liu et al. 2021, arXiv 2103.14030) without the classifier, under the official names, which are timm's too:
 * `patch_embed.proj`, `layers.0.blocks.0.attn.qkv`, `layers.0.downsample.reduction`, `norm`, ...
 */
@Backbone({
  name: 'swin',
  description: 'Swin transformer B or L: attention in shifted windows, 32 pixels per cell',
  options: swinOptions,
})
export class Swin implements BackboneProvider<SwinOptions> {
  build(options: SwinOptions, context: BackboneContext): BuiltBackbone {
    return swinTransformer(options, context);
  }
}
