import { conv2d, Decoder, parameter2d, sinePositionEncoding, tf } from '@query2label/sdk';
import type { BuiltDecoder, DecoderContext, DecoderProvider } from '@query2label/sdk';
import { checkFit } from './check-fit.js';
import { groupWiseLinear } from './group-wise-linear.js';
import { query2labelOptions } from './options.js';
import type { Query2LabelOptions } from './options.js';
import { encoder, labelDecoder } from './transformer.js';

/**
 * The transformer of Query2Label (Liu et al. 2021, section 3), under the names of the official state dict: `transformer.encoder...`,
 * `transformer.decoder...`, `input_proj`, `query_embed.weight`, `fc.W`, `fc.b`.
 *
 * The position table follows from the size of the feature map and is computed, so that any image size works; official
 * checkpoints carry it as the buffer `backbone.1.pe`.
 */
@Decoder({
  name: 'query2label',
  description: 'Label queries that look at the feature map through cross-attention (Query2Label)',
  options: query2labelOptions,
})
export class Query2Label implements DecoderProvider<Query2LabelOptions> {
  build(options: Query2LabelOptions, { featureMap, labelCount, parameters }: DecoderContext): BuiltDecoder {
    const { hiddenSize: width, inputProjection } = options;
    const { channels } = featureMap;
    checkFit(options, channels);
    const cells = featureMap.height * featureMap.width;
    const encoding = sinePositionEncoding(featureMap.height, featureMap.width, width);
    const positions = parameters.table('positions', [cells, width], encoding);
    parameters.published('backbone.1.pe', [1, width, featureMap.height, featureMap.width], () =>
      channelsFirst(encoding, cells, width),
    );
    const transformer = parameters.scope('transformer');
    const encode = encoder(transformer.scope('encoder'), options);
    const decode = labelDecoder(transformer.scope('decoder'), options);
    const project =
      inputProjection === true || width !== channels
        ? conv2d(parameters.scope('input_proj'), { inputs: channels, outputs: width, kernel: 1 })
        : undefined;
    const labels = parameters.scope('query_embed').declare('weight', [labelCount, width], {
      kind: 'normal',
      standardDeviation: 1,
    });
    const classify = groupWiseLinear(parameters.scope('fc'), { labels: labelCount, width });

    return {
      attention: { layers: options.decoderLayers, heads: options.heads },
      forward: (scope, features) => {
        const projected = project === undefined ? features : project(scope, features);
        scope.observe('input_proj', projected);
        // [batch, height, width, hidden] -> [batch, height * width, hidden]
        const tokens = tf.reshape<tf.Rank.R3>(projected, [features.shape[0], cells, width]);
        const table = scope.parameter(positions);
        const memory = encode(scope, tokens, table);
        scope.observe('transformer.encoder', memory);
        const queries = tf.expandDims<tf.Tensor3D>(parameter2d(scope, labels), 0);
        const { output, attention } = decode(scope, memory, table, queries);
        return { logits: classify(scope, output), attention };
      },
    };
  }
}

/** `[cells, channels]` -> `[channels, cells]` */
function channelsFirst(table: Float32Array, cells: number, channels: number): Float32Array {
  return Float32Array.from({ length: table.length }, (_, index) => {
    const [channel, cell] = [Math.floor(index / cells), index % cells];
    return table[cell * channels + channel];
  });
}
