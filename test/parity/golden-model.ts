import { createForwardScope, createParameterDeclarations, parseOptions, z } from '@query2label/sdk';
import type { BuiltBackbone, BuiltDecoder, BuiltLoss, ParameterSpec, tf } from '@query2label/sdk';
import type { NamedTensors, NamedValues } from '@query2label/engine';
import { AsymmetricLoss } from '@query2label/plugin-asymmetric-loss';
import { Query2Label, query2labelOptions } from '@query2label/plugin-query2label';
import { formulaParameters } from '@query2label/sdk/testing';
import { GOLDEN_BACKBONES } from './golden-backbones.js';

const summary = z.object({ index: z.array(z.int()), value64: z.array(z.number()), norm64: z.number() });

/** The parts of a reference file that are compared. */
export const goldenFile = z.object({
  config: z.object({
    enc_layers: z.int(),
    dec_layers: z.int(),
    nheads: z.int(),
    keep_input_proj: z.boolean(),
    pre_norm: z.boolean(),
    keep_first_self_attn_dec: z.boolean(),
    keep_other_self_attn_dec: z.boolean(),
    activation: z.enum(['relu', 'gelu']),
    name: z.string(),
    backbone: z.string(),
    num_class: z.int(),
    img_size: z.int(),
    hidden_dim: z.int(),
    dim_feedforward: z.int(),
    batch: z.int(),
    image_name: z.string(),
    variant: z.literal('abn_signed').optional(),
  }),
  state_dict: z.array(z.tuple([z.string(), z.array(z.int()), z.string(), z.number().nullable()])),
  targets: z.array(z.string()),
  logits_float64: z.array(z.array(z.number())),
  cross_attention: z.object({ labels: z.array(z.int()), weights: z.array(z.array(z.array(z.number()))) }),
  backbone_feature: z.object({ sample_index: z.array(z.int()), sample: z.array(z.number()), shape: z.array(z.int()) }),
  training: z
    .object({
      losses: z.array(z.number()),
      losses_float64: z.array(z.number()),
      grad: z.record(z.string(), summary.nullable()),
      after_step5: z.record(z.string(), z.object({ norm: z.number() })),
    })
    .optional(),
});
export type Golden = z.output<typeof goldenFile>;

/** One of the official models, assembled from the plugins. */
export interface GoldenModel {
  readonly specs: readonly ParameterSpec[];
  readonly values: NamedValues;
  readonly tables: NamedValues;
  readonly backbone: BuiltBackbone;
  readonly decoder: BuiltDecoder;
  readonly loss: BuiltLoss;
}

/** @throws if no plugin has the configuration's backbone */
export async function goldenModel({ config }: Golden): Promise<GoldenModel> {
  const declarations = createParameterDeclarations();
  const size = { height: config.img_size, width: config.img_size };
  const build = Object.hasOwn(GOLDEN_BACKBONES, config.backbone) ? GOLDEN_BACKBONES[config.backbone] : undefined;
  if (build === undefined) throw new Error(`No plugin has the backbone "${config.backbone}".`);
  const backbone = await build({
    imageSize: size,
    parameters: declarations.scope('backbone.0'),
    assets: { list: () => Promise.resolve([]), read: (name) => Promise.reject(new Error(`No file "${name}".`)) },
  });
  const options = parseOptions(
    query2labelOptions,
    {
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
    'query2label',
  );
  const decoder = new Query2Label().build(options, {
    featureMap: backbone.featureMap,
    labelCount: config.num_class,
    parameters: declarations,
  });
  const loss = new AsymmetricLoss().build({
    gammaNegative: 2,
    gammaPositive: 0,
    clip: 0,
    epsilon: 1e-5,
    detachFocus: true,
    labelSmoothing: 0,
    reduction: 'thousandfold-mean',
  });
  const values = formulaParameters(declarations.specs, { signedGains: config.variant === 'abn_signed' });
  return { specs: declarations.specs, values, tables: declarations.tables, backbone, decoder, loss };
}

export interface Forward {
  readonly logits: tf.Tensor2D;
  readonly features: tf.Tensor4D;
  readonly attention: tf.Tensor4D;
}

/** Backbone and decoder on normalised pictures `[batch, height, width, 3]`, in evaluation mode unless `training` is given. */
export function forward(
  model: GoldenModel,
  parameters: NamedTensors,
  images: tf.Tensor4D,
  training?: { readonly onBufferUpdate: (name: string, value: tf.Tensor) => void },
): Forward {
  const scope = createForwardScope({ parameters, training: training !== undefined, ...training });
  const features = model.backbone.forward(scope, images);
  const { logits, attention } = model.decoder.forward(scope, features);
  return { logits, features, attention: attention[attention.length - 1] };
}
