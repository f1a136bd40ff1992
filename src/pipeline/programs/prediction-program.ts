import type { Program } from '@query2label/engine';
import { createForwardScope, tf } from '@query2label/sdk';
import type { DecoderOutput } from '@query2label/sdk';
import type { PredictionProgramOptions } from '../assembled-pipeline.js';
import { argument, forwardPipeline, type PipelineModel } from './pipeline-model.js';

/** Pictures to probabilities, and attention where asked for. It takes parameters from constants and state alike. */
export function predictionProgram(model: PipelineModel, { attention = 'none' }: PredictionProgramOptions): Program {
  return ({ constants, state, inputs }) => {
    const scope = createForwardScope({ parameters: { ...constants, ...state }, training: false });
    const output = forwardPipeline(model, scope, argument(inputs, 'images'));
    const outputs: Record<string, tf.Tensor> = { probabilities: tf.sigmoid(output.logits), logits: output.logits };
    if (attention === 'none') return { outputs };
    if (attention !== 'all') return { outputs: { ...outputs, attention: averagedAttention(model, output, attention) } };
    output.attention.forEach((_, layer) => (outputs[attentionName(layer)] = averagedAttention(model, output, layer)));
    return { outputs };
  };
}

/** The output with the attention of one decoder layer, where all were asked for. */
export function attentionName(layer: number): string {
  return `attention/${layer}`;
}

/** Cross-attention of one layer, averaged over its heads: `[batch, labels, height, width]`. */
function averagedAttention(model: PipelineModel, output: DecoderOutput, choice: number | 'last'): tf.Tensor {
  const layers = output.attention.length;
  const layer = choice === 'last' ? layers - 1 : choice;
  if (layers === 0) throw new Error('This decoder has no attention to hand back; ask for predictions without it.');
  if (layer < 0 || layer >= layers) {
    throw new Error(`The decoder has attention layers 0 to ${layers - 1}; layer ${layer} was asked for.`);
  }
  const { height, width } = model.backbone.featureMap;
  // [batch, heads, labels, height * width] -> [batch, labels, height, width]
  return tf.mean(output.attention[layer], 1).reshape([-1, model.labelCount, height, width]);
}
