import { Backbone } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';
import { convolutionalTransformer } from './network.js';
import { cvtOptions } from './options.js';
import type { CvtOptions } from './options.js';

/**
 * CvT-W24 (Wu et al. 2021, arXiv 2103.15808) without the classifier, under the official names: `stage0.patch_embed.proj`,
 * `stage2.blocks.0.attn.conv_proj_q.bn`, `stage2.cls_token`, `norm`, ...
 */
@Backbone({
  name: 'cvt',
  description: 'Convolutional vision transformer W24: 24 blocks in three stages, 16 pixels per cell',
  options: cvtOptions,
})
export class Cvt implements BackboneProvider<CvtOptions> {
  build(options: CvtOptions, context: BackboneContext): BuiltBackbone {
    return convolutionalTransformer(options, context);
  }
}
