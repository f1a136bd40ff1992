import type * as tf from '@tensorflow/tfjs';
import type { NamedTensors } from '@query2label/engine';
import type { ForwardScope } from '../contracts/index.js';
import { closestName } from '../options/parse-options.js';
import { createKeyedRandom } from './keyed-random.js';

export interface ForwardScopeOptions {
  /** Tensors of all declared parameters, buffers and tables, by full name. */
  readonly parameters: NamedTensors;
  readonly training: boolean;
  /** int32 `[2]`; needed where random numbers are drawn. */
  readonly key?: tf.Tensor;
  /** Receives the new value of each buffer in a training step, at most once for each name. */
  readonly onBufferUpdate?: (name: string, value: tf.Tensor) => void;
  /** Receives the intermediate values that components show. */
  readonly onObservation?: (name: string, value: tf.Tensor) => void;
}

/** The scope that forward functions run in while a program is recorded. */
export function createForwardScope(options: ForwardScopeOptions): ForwardScope {
  const { parameters, training, key, onBufferUpdate, onObservation } = options;
  const parameter = (name: string): tf.Tensor => {
    const tensor = parameters[name];
    if (tensor !== undefined) return tensor;
    const closest = closestName(name, Object.keys(parameters));
    throw new Error(
      `The program has no tensor "${name}"${closest === undefined ? '' : `; the closest name is "${closest}"`}. ` +
        'Declare it in build(), and hand all parameters, buffers and tables to the forward scope.',
    );
  };
  const updated = new Set<string>();
  return {
    training,
    random: createKeyedRandom(key, training),
    parameter,
    updateBuffer: (name, value) => {
      if (!training) return;
      const { shape } = parameter(name);
      if (shape.join() !== value.shape.join()) {
        throw new Error(
          `Buffer "${name}" has shape [${shape.join(', ')}] but its new value has [${value.shape.join(', ')}].`,
        );
      }
      if (updated.has(name)) throw new Error(`Buffer "${name}" is updated twice in one step.`);
      updated.add(name);
      onBufferUpdate?.(name, value);
    },
    observe: (name, value) => onObservation?.(name, value),
  };
}
