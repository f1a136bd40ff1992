import type { BuiltBackbone, BuiltDecoder, ParameterSpec, PublishedBuffer } from '@query2label/sdk';

/** Names of the backbone's parameters start with this, as in the official state dict. */
export const BACKBONE_PREFIX = 'backbone.0.';

/** What tensors of a file are to become: the parameters of a pipeline or of its backbone. */
export interface ParameterTarget {
  readonly parameters: readonly ParameterSpec[];
  /** Buffers of the official state dict that are computed here. */
  readonly publishedBuffers: readonly PublishedBuffer[];
  /** What the backbone says of other names and of tables of another size. */
  readonly backbone: Pick<BuiltBackbone, 'alternativeNames' | 'resizer'>;
  /** What the decoder says of other names. */
  readonly decoder: Pick<BuiltDecoder, 'alternativeNames'>;
}

/** The backbone's part of a target. */
export function backbonePart(target: ParameterTarget): ParameterTarget {
  const isBackbone = ({ name }: { readonly name: string }): boolean => name.startsWith(BACKBONE_PREFIX);
  return {
    parameters: target.parameters.filter(isBackbone),
    publishedBuffers: target.publishedBuffers.filter(isBackbone),
    backbone: target.backbone,
    decoder: {},
  };
}
