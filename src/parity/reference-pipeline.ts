import { parseDefinition } from '../pipeline/parse-definition.js';
import type { PipelineDefinition } from '../pipeline/pipeline-definition.js';
import { officialBackbone } from './official-backbones.js';
import type { ReferenceFile } from './reference-file.js';

/** Pictures of reference files are normalised already: what the platform does with pixels from 0 to 255 must change nothing. */
const UNCHANGED = { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] };

/** The pipeline that a reference file describes by the official options, without dropout. */
export function referencePipeline({ config, state_dict }: ReferenceFile): PipelineDefinition {
  const { name, options } = officialBackbone(config.backbone);
  return parseDefinition({
    backbone: { name, options: { ...options, ...positionGrid(state_dict) } },
    decoder: {
      name: 'query2label',
      options: {
        hiddenSize: config.hidden_dim,
        feedForwardSize: config.dim_feedforward,
        heads: config.nheads,
        encoderLayers: config.enc_layers,
        decoderLayers: config.dec_layers,
        dropout: 0,
        preNorm: config.pre_norm,
        activation: config.activation,
        keepFirstSelfAttention: config.keep_first_self_attn_dec,
        keepOtherSelfAttention: config.keep_other_self_attn_dec,
        inputProjection: config.keep_input_proj,
      },
    },
    loss: {
      name: 'asymmetric',
      options: { gammaNegative: 2, gammaPositive: 0, clip: 0, epsilon: 1e-5, detachFocus: true },
    },
    image: { size: config.img_size, normalization: UNCHANGED },
  });
}

/** The grid of a vision transformer's table of positions, which is made for the image size of the configuration. */
function positionGrid(entries: ReferenceFile['state_dict']): { readonly positionGrid?: number } {
  const [, shape] = entries.find(([name]) => name === 'backbone.0.encoder.pos_embedding') ?? [];
  return shape === undefined ? {} : { positionGrid: Math.round(Math.sqrt(shape[1] - 1)) };
}
