import type { DecoderAttention } from '@query2label/sdk';
import { type InvalidField, InvalidInputError } from '../common/errors/index.js';

/** Whose cross-attention to show. */
export interface AttentionView {
  /** A decoder layer from 0, the last one, or the mean of all. */
  readonly layer: number | 'last' | 'mean';
  /** An attention head from 0, or the mean of all. */
  readonly head: number | 'mean';
}

/** What is shown unless asked otherwise. */
export const USUAL_ATTENTION: AttentionView = { layer: 'last', head: 'mean' };

/**
 * How much each layer and head counts in what is shown, `[layers, heads]`, together 1: programs take it as an input, so that one program
 * shows every view.
 * @throws InvalidInputError if the decoder has no such layer or head
 */
export function attentionShares({ layers, heads }: DecoderAttention, { layer, head }: AttentionView): Float32Array {
  const faults: InvalidField[] = [];
  const check = (path: string, chosen: number | string, count: number): void => {
    if (typeof chosen === 'string' || (Number.isInteger(chosen) && chosen >= 0 && chosen < count)) return;
    faults.push({
      path: `options.attention.${path}`,
      message: `received ${chosen}; the decoder has ${path}s 0 to ${count - 1}`,
    });
  };
  check('layer', layer, layers);
  check('head', head, heads);
  if (faults.length > 0)
    throw new InvalidInputError(faults.map(({ path, message }) => `${path}: ${message}`).join('; '), faults);
  const ofLayer = layer === 'last' ? layers - 1 : layer;
  const shares = new Float32Array(layers * heads);
  for (let place = 0; place < shares.length; place += 1) {
    const [row, column] = [Math.floor(place / heads), place % heads];
    shares[place] = share(ofLayer, row, layers) * share(head, column, heads);
  }
  return shares;
}

const share = (chosen: number | 'mean', place: number, count: number): number =>
  chosen === 'mean' ? 1 / count : Number(chosen === place);
