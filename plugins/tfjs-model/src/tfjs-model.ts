import { Backbone, tf } from '@query2label/sdk';
import type { BackboneContext, BackboneProvider, BuiltBackbone } from '@query2label/sdk';
import { declareWeights } from './bind-weights.js';
import { cutModel } from './cut-model.js';
import { loadModel } from './model-files.js';
import { NORMALIZATIONS, tfjsModelOptions } from './options.js';
import type { TfjsModelOptions } from './options.js';

function isFeatureMap(value: unknown): value is tf.Tensor4D {
  return value instanceof tf.Tensor && value.rank === 4;
}

/**
 * Any TensorFlow.js layers model as a backbone, cut at a layer. Convolutional models are built for the image size of the pipeline,
 * whatever size they were exported with. Layers run as in prediction (no dropout, stored statistics), also while the weights learn.
 */
@Backbone({
  name: 'tfjs-model',
  description: 'A TensorFlow.js layers model (model.json and weight shards), cut at a named layer',
  options: tfjsModelOptions,
})
export class TfjsModel implements BackboneProvider<TfjsModelOptions> {
  async build(options: TfjsModelOptions, context: BackboneContext): Promise<BuiltBackbone> {
    const whole = await loadModel(context.assets, options.model, context.imageSize);
    const { model, featureMap } = cutModel(whole, options.layer);
    const bindWeights = declareWeights(context.parameters, model, options.trainable);
    const used = new Set(model.weights);
    for (const variable of whole.weights) if (!used.has(variable)) variable.dispose();
    return {
      featureMap,
      normalization: NORMALIZATIONS[options.normalization],
      forward: (scope, images) => {
        bindWeights(scope);
        const features: unknown = model.apply(images, { training: false });
        if (!isFeatureMap(features)) throw new Error(`Model "${options.model}" put out no feature map.`);
        return features;
      },
    };
  }
}
