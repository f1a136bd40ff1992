import { Decoder, linear, OptionsError, parameter2d, tf } from '@query2label/sdk';
import type { BuiltDecoder, DecoderContext, DecoderProvider } from '@query2label/sdk';
import { decoderLayer } from './decoder-layer.js';
import { groupLinear } from './group-linear.js';
import { labelGroups } from './label-groups.js';
import { mlDecoderOptions } from './options.js';
import type { MlDecoderOptions } from './options.js';

/** Where networks of the official code keep their head. */
const HEADS = ['head.', 'fc.'];

/**
 * ML-Decoder (Ridnik et al. 2021, arXiv 2111.12933) under the names of its official state dict, `decoder.duplicate_pooling`,
 * `decoder.layers.0...`, `decoder.embed_standart.weight`, `decoder.query_embed.weight`. Its work grows with the number of groups and not with
 * that of labels. The queries are drawn once and never learn.
 */
@Decoder({
  name: 'ml-decoder',
  description: 'Groups of labels that share fixed queries, for up to thousands of labels (ML-Decoder)',
  options: mlDecoderOptions,
})
export class MlDecoder implements DecoderProvider<MlDecoderOptions> {
  build(options: MlDecoderOptions, { featureMap, labelCount, parameters }: DecoderContext): BuiltDecoder {
    const { hiddenSize: width, heads } = options;
    if (width % heads !== 0) throw headsDoNotFit(heads, width);
    const groups = labelGroups(labelCount, options.groups);
    const decoder = parameters.scope('decoder');
    const classify = groupLinear(decoder, { labels: labelCount, groups, width });
    const decode = decoderLayer(decoder.scope('layers.0'), options);
    const embed = linear(decoder.scope('embed_standart'), { inputs: featureMap.channels, outputs: width });
    const initializer = { kind: 'normal', standardDeviation: 1 } as const;
    const queries = decoder.scope('query_embed').declare('weight', [groups.count, width], initializer, 'frozen');
    const cells = featureMap.height * featureMap.width;

    return {
      alternativeNames: (name) => HEADS.map((head) => head + name),
      attention: {
        layers: 1,
        heads,
        queries: Array.from({ length: labelCount }, (_, label) => Math.floor(label / groups.size)),
      },
      forward: (scope, features) => {
        const [batch] = features.shape;
        // [batch, height, width, channels] -> [batch, cells, width]
        const tokens = tf.reshape<tf.Rank.R3>(features, [batch, cells, featureMap.channels]);
        const memory = tf.relu(embed(scope, tokens));
        const fixed = tf.expandDims<tf.Tensor3D>(parameter2d(scope, queries), 0);
        // dropout differs from image to image: in prediction the queries of all are the same and are projected once
        const asked = scope.training ? tf.tile(fixed, [batch, 1, 1]) : fixed;
        const { output, weights } = decode(scope, asked, memory);
        return { logits: classify(scope, output), attention: [weights] };
      },
    };
  }
}

function headsDoNotFit(heads: number, width: number): OptionsError {
  const fitting = Array.from({ length: 16 }, (_, index) => index + 1).filter((count) => width % count === 0);
  const message = `received ${heads}, which does not divide hiddenSize ${width}; expected for example one of ${fitting.join(', ')}`;
  return new OptionsError('decoder "ml-decoder"', [{ path: 'heads', message }]);
}
