import { programFingerprint, type Program, type ProgramSignature } from '@query2label/engine';
import { createForwardScope, type ForwardScope, type KeyedRandom } from '@query2label/sdk';
import { featuresProgram } from './programs/features-program.js';
import { argument, forwardBackbone, type PipelineModel } from './programs/pipeline-model.js';
import { BACKBONE_PREFIX } from './weights/parameter-target.js';

/**
 * Looks for what makes the features of a picture change from one training step to the next. The backbone is recorded as it runs in a
 * training step; nothing is computed.
 * @param signature of the features program
 * @returns the first reason found, or null
 */
export function whyFeaturesChange(model: PipelineModel, signature: ProgramSignature): string | null {
  const learning = model.parameters.filter(
    ({ name, role }) => role === 'trainable' && name.startsWith(BACKBONE_PREFIX),
  );
  if (learning.length > 0) return `${learning.length} parameters of the backbone learn, "${learning[0].name}" for one`;
  const changes: string[] = [];
  const label = 'features';
  const training = programFingerprint(label, trainingForward(model, changes), {
    ...signature,
    inputs: { ...signature.inputs, key: { dtype: 'int32', shape: [2] } },
  });
  if (changes.length > 0) return changes[0];
  const prediction = programFingerprint(label, featuresProgram(model), signature);
  return training === prediction ? null : 'the backbone computes something else in training than in prediction';
}

/** @param changes receives what a training step would change or draw */
function trainingForward(model: PipelineModel, changes: string[]): Program {
  return ({ constants, inputs }) => {
    const scope = createForwardScope({
      parameters: constants,
      training: true,
      key: argument(inputs, 'key'),
      onBufferUpdate: (name) => changes.push(`the backbone moves its buffer "${name}"`),
    });
    const features = forwardBackbone(model, watchingDraws(scope, changes), argument(inputs, 'images'));
    return { outputs: { features } };
  };
}

function watchingDraws(scope: ForwardScope, changes: string[]): ForwardScope {
  const { random } = scope;
  const drawn = (layer: string): void => void changes.push(`the backbone draws random numbers at "${layer}"`);
  const watched: KeyedRandom = {
    uniform: (layer, shape) => (drawn(layer), random.uniform(layer, shape)),
    normal: (layer, shape) => (drawn(layer), random.normal(layer, shape)),
    bernoulli: (layer, shape, probability) => (drawn(layer), random.bernoulli(layer, shape, probability)),
    dropout: (layer, x, rate) => {
      if (rate > 0) drawn(layer);
      return random.dropout(layer, x, rate);
    },
  };
  return { ...scope, random: watched };
}
