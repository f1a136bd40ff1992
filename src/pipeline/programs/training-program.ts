import type { NamedTensors, Program } from '@query2label/engine';
import { createForwardScope, gradientsOf, tf } from '@query2label/sdk';
import type { BuiltOptimizer } from '@query2label/sdk';
import type { TrainingProgramOptions } from '../assembled-pipeline.js';
import { clippingFactor, globalNorm } from './gradient-clipping.js';
import { argument, forwardInputs, type PipelineModel } from './pipeline-model.js';
import { averageName, momentName, scalarName } from './tensor-names.js';

const LOGITS = 'logits';
const bufferKey = (name: string): string => `buffer/${name}`;

/**
 * One training step. The order is the official one: gradients, clipping, optimizer, then the moving average of parameters and
 * buffers after the update. A parameter that the loss does not depend on is left alone, by weight decay too.
 */
export function trainingProgram(
  model: PipelineModel,
  { optimizer, gradientClipNorm, averageDecay }: TrainingProgramOptions,
): Program {
  const trainable = model.parameters.filter(({ role }) => role === 'trainable');
  return ({ constants, state, inputs }) => {
    const {
      value: loss,
      gradients,
      extras,
    } = gradientsOf(
      () => {
        const buffers: Record<string, tf.Tensor> = {};
        const scope = createForwardScope({
          parameters: { ...constants, ...state },
          training: true,
          key: argument(inputs, 'key'),
          onBufferUpdate: (name, value) => {
            buffers[bufferKey(name)] = value;
          },
        });
        const { logits } = forwardInputs(model, scope, inputs);
        const targets = argument(inputs, 'targets').as2D(-1, model.labelCount);
        return { value: model.loss.forward(scope, logits, targets), extras: { [LOGITS]: logits, ...buffers } };
      },
      Object.fromEntries(trainable.map(({ name }) => [name, argument(state, name)])),
    );

    const present = trainable.map(({ name }) => gradients[name]).filter((gradient) => gradient !== undefined);
    const norm = globalNorm(present);
    const factor = gradientClipNorm === null ? null : clippingFactor(norm, gradientClipNorm);

    const next: Record<string, tf.Tensor> = {};
    for (const spec of trainable) {
      const gradient = gradients[spec.name];
      if (gradient === undefined) continue;
      const clipped = factor === null ? gradient : tf.mul(gradient, factor);
      const moments = namedMoments(optimizer, spec.name, state);
      const update = optimizer.update(spec, argument(state, spec.name), clipped, moments, scalarsOf(inputs));
      next[spec.name] = update.parameter;
      for (const [moment, value] of Object.entries(update.state)) next[momentName(moment, spec.name)] = value;
    }
    for (const { name } of model.parameters) {
      const value = extras[bufferKey(name)];
      if (value !== undefined) next[name] = value;
    }
    if (averageDecay !== null) Object.assign(next, averages(next, state, averageDecay));
    return { outputs: { loss, gradientNorm: norm, logits: argument(extras, LOGITS) }, state: next };
  };
}

function namedMoments(optimizer: BuiltOptimizer, parameter: string, state: NamedTensors): NamedTensors {
  return Object.fromEntries(
    optimizer.stateNames.map((moment) => [moment, argument(state, momentName(moment, parameter))]),
  );
}

function scalarsOf(inputs: NamedTensors): Readonly<Record<string, tf.Scalar>> {
  const prefix = scalarName('');
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value.asScalar()]),
  );
}

/** `decay * average + (1 - decay) * value` of everything that this step changed. */
function averages(changed: NamedTensors, state: NamedTensors, decay: number): NamedTensors {
  const updated: Record<string, tf.Tensor> = {};
  for (const [name, value] of Object.entries(changed)) {
    const average = state[averageName(name)];
    if (average !== undefined) {
      updated[averageName(name)] = tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay));
    }
  }
  return updated;
}
