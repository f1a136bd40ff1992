import type * as tf from '@tensorflow/tfjs';
import type { ForwardScope } from './forward.js';
import type { ParameterDeclarations } from './parameters.js';

/** Height and width in pixels of the network's input. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** Cells and channels of the map that a backbone produces. */
export interface FeatureMapSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** `(pixel / 255 - mean) / std` for each of red, green and blue; it travels with the weights. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Read-only files that the operator placed in the configured weights folder; addressed by name, never by a client's path. */
export interface WeightAssets {
  /** Names of the files and folders directly in the weights folder. */
  list(): Promise<readonly string[]>;
  /** @throws with the valid names if there is no such file, or it lies outside the folder */
  read(name: string): Promise<Uint8Array>;
}

export interface BackboneContext {
  readonly imageSize: ImageSize;
  readonly parameters: ParameterDeclarations;
  readonly assets: WeightAssets;
}

/** A backbone assembled for one image size (paper, section 3.1: image `[H0, W0, 3]` -> feature map `[H, W, d0]`). */
export interface BuiltBackbone {
  readonly featureMap: FeatureMapSize;
  readonly normalization: Normalization;
  /** How the network was fitted to the image size, a sentence each, for the log of a run: tables that are interpolated, padding. */
  readonly notes?: readonly string[];
  /**
   * Other names under which published files hold a parameter, for example timm's where the declared one is torchvision's:
   * `conv_proj.weight` -> `['patch_embed.proj.weight']`. Shapes must agree.
   * @param name as declared by the backbone, without the prefix of its scope
   */
  readonly alternativeNames?: (name: string) => readonly string[];
  /**
   * How a table of another shape (positions of another image size) becomes the declared one; `undefined` where it cannot.
   * @param name as for `alternativeNames`
   * @param shape of the table in the file
   */
  readonly resizer?: (name: string, shape: readonly number[]) => ((values: Float32Array) => Float32Array) | undefined;
  /** @param images normalised RGB, `[batch, height, width, 3]`
   *  @returns `[batch, featureMap.height, featureMap.width, featureMap.channels]` */
  forward(scope: ForwardScope, images: tf.Tensor4D): tf.Tensor4D;
}

export interface BackboneProvider<Options> {
  build(options: Options, context: BackboneContext): BuiltBackbone | Promise<BuiltBackbone>;
}

export interface DecoderContext {
  readonly featureMap: FeatureMapSize;
  readonly labelCount: number;
  readonly parameters: ParameterDeclarations;
}

export interface DecoderOutput {
  /** One logit per label, `[batch, labels]`. */
  readonly logits: tf.Tensor2D;
  /** Cross-attention weights of each decoder layer, `[batch, heads, queries, height * width]`, as `BuiltDecoder.attention` says. */
  readonly attention: readonly tf.Tensor4D[];
}

/** The cross-attention that a decoder hands back. */
export interface DecoderAttention {
  readonly layers: number;
  readonly heads: number;
  /** The query of each label. @default a query for each label, in order */
  readonly queries?: readonly number[];
}

export interface BuiltDecoder {
  /** Left out by decoders without attention: predictions then have no maps. */
  readonly attention?: DecoderAttention;
  /**
   * Other full names under which published files hold a parameter, for example `head.decoder.query_embed.weight`. Shapes must agree.
   * @param name as declared by the decoder
   */
  readonly alternativeNames?: (name: string) => readonly string[];
  /** @param features `[batch, height, width, channels]` */
  forward(scope: ForwardScope, features: tf.Tensor4D): DecoderOutput;
}

export interface DecoderProvider<Options> {
  build(options: Options, context: DecoderContext): BuiltDecoder | Promise<BuiltDecoder>;
}

/** How often labels occur on the images that are trained on. */
export interface LabelStatistics {
  readonly imageCount: number;
  /** Images with each label. */
  readonly positives: readonly number[];
}

export interface LossContext {
  readonly labelCount: number;
  /** Of the training split; left out where a pipeline is only checked or predicts, and its loss is never computed. */
  readonly training?: LabelStatistics;
}

export interface BuiltLoss {
  /**
   * @param logits `[batch, labels]`
   * @param targets `[batch, labels]`: 1 present, 0 absent, -1 unknown (contributes neither value nor gradient)
   * @returns scalar
   */
  forward(scope: ForwardScope, logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar;
}

export interface LossProvider<Options> {
  build(options: Options, context: LossContext): BuiltLoss;
}
