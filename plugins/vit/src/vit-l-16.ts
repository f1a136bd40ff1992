import { Backbone } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';
import { visionTransformer } from './network.js';
import { vitOptions } from './options.js';
import type { VitOptions } from './options.js';

/**
 * ViT-L/16 (Dosovitskiy et al. 2021) under torchvision's names: `class_token`, `conv_proj`, `encoder.pos_embedding`,
 * `encoder.layers.encoder_layer_0.ln_1`, ... Any image size that is a multiple of 16; the table of positions is resampled to it.
 */
@Backbone({
  name: 'vit-l-16',
  description: 'Vision transformer L/16: 24 layers of 1024 channels, 16 pixels per cell',
  options: vitOptions,
})
export class VitL16 implements BackboneProvider<VitOptions> {
  build(options: VitOptions, context: BackboneContext): BuiltBackbone {
    return visionTransformer({ name: 'vit-l-16', width: 1024, layers: 24, heads: 16 }, options, context);
  }
}
