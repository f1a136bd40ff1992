import { tf } from '@query2label/sdk';

/** Cells of a map, with or without a class token before them. */
export interface TokenLayout {
  readonly height: number;
  readonly width: number;
  readonly hasClassToken: boolean;
}

export interface SplitTokens {
  /** `[batch, 1, channels]` */
  readonly classToken?: tf.Tensor3D;
  /** `[batch, height, width, channels]` */
  readonly map: tf.Tensor4D;
}

/** `[batch, tokens, channels]` -> class token and map. */
export function splitTokens(tokens: tf.Tensor3D, { height, width, hasClassToken }: TokenLayout): SplitTokens {
  const [batch, count, channels] = tokens.shape;
  const shape: [number, number, number, number] = [batch, height, width, channels];
  if (!hasClassToken) return { map: tf.reshape<tf.Rank.R4>(tokens, shape) };
  const [classToken, cells] = tf.split<tf.Tensor3D>(tokens, [1, count - 1], 1);
  return { classToken, map: tf.reshape<tf.Rank.R4>(cells, shape) };
}

/** A map's cells, after the class token if there is one: `[batch, tokens, channels]`. */
export function joinTokens({ classToken, map }: SplitTokens): tf.Tensor3D {
  const [batch, height, width, channels] = map.shape;
  const cells = tf.reshape<tf.Rank.R3>(map, [batch, height * width, channels]);
  return classToken === undefined ? cells : tf.concat([classToken, cells], 1);
}
