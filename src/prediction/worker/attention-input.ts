import type { NamedValues } from '@query2label/engine';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { attentionShares, USUAL_ATTENTION } from '../../pipeline/attention-view.js';
import { ATTENTION_SHARES } from '../../pipeline/programs/tensor-names.js';

/** The input of a prediction program that says what attention each image is to show; none if the decoder has no attention. */
export function attentionInput(
  { attention }: Pick<AssembledPipeline, 'attention'>,
  shares: readonly (Float32Array | undefined)[],
  count: number,
): NamedValues {
  if (attention === null) return {};
  const usual = attentionShares(attention, USUAL_ATTENTION);
  const data = new Float32Array(count * usual.length);
  for (let image = 0; image < count; image++) data.set(shares[image] ?? usual, image * usual.length);
  return { [ATTENTION_SHARES]: { dtype: 'float32', shape: [count, attention.layers, attention.heads], data } };
}
