import type { Program } from '@query2label/engine';
import { createForwardScope } from '@query2label/sdk';
import { argument, forwardBackbone, type PipelineModel } from './pipeline-model.js';

/** Pictures to the feature map of the backbone, as in prediction. */
export function featuresProgram(model: PipelineModel): Program {
  return ({ constants, inputs }) => {
    const scope = createForwardScope({ parameters: constants, training: false });
    return { outputs: { features: forwardBackbone(model, scope, argument(inputs, 'images')) } };
  };
}
