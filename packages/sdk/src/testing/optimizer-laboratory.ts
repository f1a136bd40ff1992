import { createEngine } from '@query2label/engine';
import type { EngineName, NamedSpecs, NamedTensors, NamedValues, Program, TensorValue } from '@query2label/engine';
import type * as tf from '@tensorflow/tfjs';
import type { BuiltOptimizer, ParameterSpec } from '../contracts/index.js';
import { normalBatch, sizeOf } from './subject.js';

/** A scalar, a vector, and the shape of a filter. */
export const PARAMETERS: readonly ParameterSpec[] = [[], [5], [4, 3, 2, 2]].map((shape, index) => ({
  name: `layer${index}.weight`,
  shape,
  role: 'trainable',
  initializer: { kind: 'zeros' },
}));

const momentOf = (name: string, parameter: string): string => `${name}/${parameter}`;
const scalarOf = (name: string): string => `scalar/${name}`;
const oneNumber = (number: number): TensorValue => ({ dtype: 'float32', shape: [], data: Float32Array.of(number) });

/** First values of the parameters, standard normal. */
export function startValues(): Record<string, TensorValue> {
  return Object.fromEntries(
    PARAMETERS.map(({ name, shape }) => [
      name,
      { dtype: 'float32', shape, data: normalBatch(name, 1, [sizeOf(shape)]).data },
    ]),
  );
}

/** Descends from the start on half the squared distance from 0, whose gradient is the parameter itself. */
function descentProgram(optimizer: BuiltOptimizer): Program {
  return ({ state, inputs }) => {
    const scalars: Record<string, tf.Scalar> = {};
    for (const [name, value] of Object.entries(inputs)) scalars[name.slice(scalarOf('').length)] = value.asScalar();
    const next: Record<string, tf.Tensor> = {};
    for (const spec of PARAMETERS) {
      const parameter = state[spec.name];
      const moments: NamedTensors = Object.fromEntries(
        optimizer.stateNames.map((name) => [name, state[momentOf(name, spec.name)]]),
      );
      const update = optimizer.update(spec, parameter, parameter, moments, scalars);
      next[spec.name] = update.parameter;
      for (const [name, value] of Object.entries(update.state)) next[momentOf(name, spec.name)] = value;
    }
    return { outputs: {}, state: next };
  };
}

function descentState(optimizer: BuiltOptimizer): Record<string, TensorValue> {
  const state = startValues();
  for (const { name, shape } of PARAMETERS) {
    for (const moment of optimizer.stateNames) {
      state[momentOf(moment, name)] = { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) };
    }
  }
  return state;
}

/** Values fed for one step, by name. */
export function scalarValues(optimizer: BuiltOptimizer, step: number, learningRate: number): NamedValues {
  const numbers = optimizer.scalars(step, { learningRate });
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [scalarOf(name), oneNumber(number)]));
}

export interface DescentOptions {
  readonly engine: EngineName;
  readonly steps: number;
  readonly learningRate: number;
}

/** Parameters and moments after some steps of descent. */
export async function descend(
  optimizer: BuiltOptimizer,
  { engine: engineName, steps, learningRate }: DescentOptions,
): Promise<NamedValues> {
  const engine = await createEngine({ engine: engineName, threads: 1 });
  try {
    const state = descentState(optimizer);
    const inputs: NamedSpecs = scalarValues(optimizer, 1, learningRate);
    const signature = { constants: {}, state, inputs };
    const executable = await engine.compile(descentProgram(optimizer), signature, { label: 'conformance' });
    await executable.writeState(state);
    for (let step = 1; step <= steps; step++) await executable.run(scalarValues(optimizer, step, learningRate));
    return await executable.readState();
  } finally {
    await engine.dispose();
  }
}
