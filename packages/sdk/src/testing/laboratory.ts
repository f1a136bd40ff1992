import { createEngine } from '@query2label/engine';
import type {
  EngineName,
  NamedBatchedSpecs,
  NamedTensors,
  NamedValues,
  Program,
  TensorValue,
} from '@query2label/engine';
import * as tf from '@tensorflow/tfjs';
import { initialValues, keyOf, keyValue } from '../random/index.js';
import { createForwardScope, gradientsOf } from '../scope/index.js';
import { normalBatch } from './subject.js';
import type { Subject } from './subject.js';

const SEED = 7;

/** First values of all parameters; a component must give the same ones whenever it is built. */
export async function initialValuesOf(subject: Subject): Promise<Record<string, TensorValue>> {
  const values: Record<string, TensorValue> = {};
  for (const spec of subject.specs) {
    values[spec.name] = { dtype: 'float32', shape: spec.shape, data: await initialValues(spec, SEED) };
  }
  return values;
}

/** Runs a program once on an engine of its own and frees both. */
async function runOnce(
  engineName: EngineName,
  program: Program,
  signature: { readonly constants: NamedValues; readonly state: NamedValues; readonly inputs: NamedValues },
): Promise<NamedValues> {
  const engine = await createEngine({ engine: engineName, threads: 2 });
  try {
    const executable = await engine.compile(program, signature, { label: 'conformance' });
    await executable.writeState(signature.state);
    return await executable.run(signature.inputs);
  } finally {
    await engine.dispose();
  }
}

export interface PredictOptions {
  readonly engine?: EngineName;
  readonly batch?: number;
}

function predictionOf(subject: Subject): Program {
  return ({ constants, state, inputs }) => ({
    outputs: subject.forward(createForwardScope({ parameters: { ...constants, ...state }, training: false }), inputs),
  });
}

/** Outputs as in prediction: no dropout, stored statistics. */
export function predict(
  subject: Subject,
  values: NamedValues,
  { engine = 'onnxruntime', batch = 2 }: PredictOptions = {},
): Promise<NamedValues> {
  return runOnce(engine, predictionOf(subject), {
    constants: subject.tables,
    state: values,
    inputs: subject.inputs(batch),
  });
}

/**
 * Outputs as in prediction for batches of several sizes, from one compiled model with its parameters as constants or state.
 * @throws UnsupportedProgramError if the model cannot be compiled for batches of any size
 */
export async function predictAnyBatch(
  subject: Subject,
  values: NamedValues,
  batches: readonly number[],
  parameters: 'constants' | 'state',
): Promise<readonly NamedValues[]> {
  const engine = await createEngine({ threads: 2 });
  const [state, fixed] = parameters === 'state' ? [values, {}] : [{}, values];
  const [one, two] = [subject.inputs(1), subject.inputs(2)];
  const inputs: NamedBatchedSpecs = Object.fromEntries(
    Object.entries(one).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: shape.map((extent, axis) => (extent === two[name].shape[axis] ? extent : 'batch')) },
    ]),
  );
  try {
    const executable = await engine.compile(
      predictionOf(subject),
      { constants: { ...subject.tables, ...fixed }, state, inputs },
      { label: 'conformance' },
    );
    await executable.writeState(state);
    const outputs: NamedValues[] = [];
    for (const batch of batches) outputs.push(await executable.run(subject.inputs(batch)));
    return outputs;
  } finally {
    await engine.dispose();
  }
}

/** A scalar made of all outputs, each weighed by fixed random numbers, so that no gradient cancels by symmetry. */
function weighedSum(outputs: NamedTensors, weights: NamedTensors): tf.Scalar {
  const sums = Object.entries(outputs).map(([name, tensor]) => tf.sum(tf.mul(tensor, weights[`weight/${name}`])));
  return tf.addN(sums).asScalar();
}

export interface Differentiated {
  readonly value: number;
  /** By name of the trainable parameter or differentiable input; missing where the value does not depend on it. */
  readonly gradients: NamedValues;
}

/** Value and gradients of a weighed sum of the outputs in training, for one random key. */
export async function differentiate(
  subject: Subject,
  values: NamedValues,
  inputs: NamedValues,
  engine: EngineName = 'onnxruntime',
): Promise<Differentiated> {
  const shapes = subject.outputShapes(Object.values(inputs)[0]?.shape[0] ?? 1);
  const weights = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]): [string, TensorValue] => {
      const { data } = normalBatch(`weight/${name}`, 1, shape);
      return [`weight/${name}`, { dtype: 'float32', shape, data }];
    }),
  );
  const trainable = subject.specs.filter(({ role }) => role === 'trainable').map(({ name }) => name);
  const program: Program = (args) => {
    const parameters = { ...args.constants, ...args.state };
    const at: Record<string, tf.Tensor> = {};
    for (const name of trainable) at[name] = parameters[name];
    for (const name of subject.differentiable) at[name] = args.inputs[name];
    const { value, gradients } = gradientsOf(() => {
      const scope = createForwardScope({ parameters, training: true, key: args.inputs.key });
      return { value: weighedSum(subject.forward(scope, args.inputs), args.constants) };
    }, at);
    const outputs: Record<string, tf.Tensor> = { value };
    for (const [name, gradient] of Object.entries(gradients)) if (gradient) outputs[`gradient/${name}`] = gradient;
    return { outputs };
  };
  const outputs = await runOnce(engine, program, {
    constants: { ...subject.tables, ...weights },
    state: values,
    inputs: { ...inputs, key: keyValue(keyOf(SEED, 'conformance')) },
  });
  const prefix = 'gradient/';
  const gradients = Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, gradient]) => [name.slice(prefix.length), gradient]),
  );
  return { value: outputs.value.data[0], gradients };
}
