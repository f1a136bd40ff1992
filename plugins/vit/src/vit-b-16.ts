import { Backbone } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';
import { visionTransformer } from './network.js';
import { vitOptions } from './options.js';
import type { VitOptions } from './options.js';

/**
 * ViT-B/16 (Dosovitskiy et al. 2021) under torchvision's names: `class_token`, `conv_proj`, `encoder.pos_embedding`,
 * `encoder.layers.encoder_layer_0.ln_1`, ... Any image size that is a multiple of 16; the table of positions is resampled to it.
 */
@Backbone({
  name: 'vit-b-16',
  description: 'Vision transformer B/16: 12 layers of 768 channels, 16 pixels per cell',
  options: vitOptions,
})
export class VitB16 implements BackboneProvider<VitOptions> {
  build(options: VitOptions, context: BackboneContext): BuiltBackbone {
    return visionTransformer({ name: 'vit-b-16', width: 768, layers: 12, heads: 12 }, options, context);
  }
}
