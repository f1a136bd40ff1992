import type { Program } from '@query2label/engine';
import { createForwardScope, tf } from '@query2label/sdk';
import type { DecoderAttention } from '@query2label/sdk';
import { attentionMaps } from './attention-maps.js';
import { argument, forwardInputs, type PipelineModel } from './pipeline-model.js';
import { ATTENTION_SHARES } from './tensor-names.js';

/**
 * Pictures, or features, to probabilities, and attention where the decoder's is given. It takes parameters from constants and state alike.
 */
export function predictionProgram(model: PipelineModel, shown?: DecoderAttention): Program {
  return ({ constants, state, inputs }) => {
    const scope = createForwardScope({ parameters: { ...constants, ...state }, training: false });
    const output = forwardInputs(model, scope, inputs);
    const outputs = { probabilities: tf.sigmoid(output.logits), logits: output.logits };
    if (shown === undefined) return { outputs };
    const { height, width } = model.backbone.featureMap;
    const maps = attentionMaps(shown, output, argument(inputs, ATTENTION_SHARES));
    return { outputs: { ...outputs, attention: tf.reshape(maps, [-1, model.labelCount, height, width]) } };
  };
}
