import { Decoder, linear, tf, z } from '@query2label/sdk';
import type { BuiltDecoder, DecoderContext, DecoderProvider } from '@query2label/sdk';

const options = z.strictObject({
  pooling: z.enum(['average', 'maximum']).default('average').describe('How the cells of the feature map become one'),
  dropout: z.number().min(0).lt(1).default(0).describe('Dropout rate of the pooled features in training'),
});
type LinearDecoderOptions = z.output<typeof options>;

/** The baseline: global pooling and one linear layer, `fc.weight` `[labels, channels]` and `fc.bias` `[labels]`. It has no attention maps. */
@Decoder({ name: 'linear', description: 'Global pooling and one linear layer: the baseline', options })
export class LinearDecoder implements DecoderProvider<LinearDecoderOptions> {
  build({ pooling, dropout }: LinearDecoderOptions, context: DecoderContext): BuiltDecoder {
    const parameters = context.parameters.scope('fc');
    const classify = linear(parameters, { inputs: context.featureMap.channels, outputs: context.labelCount });
    return {
      forward: (scope, features) => {
        // [batch, height, width, channels] -> [batch, channels]
        const pooled: tf.Tensor2D = pooling === 'average' ? tf.mean(features, [1, 2]) : tf.max(features, [1, 2]);
        const kept = scope.random.dropout(`${parameters.prefix}dropout`, pooled, dropout);
        return { logits: classify(scope, kept), attention: [] };
      },
    };
  }
}
