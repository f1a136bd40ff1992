import { programCost } from '@query2label/engine';
import { tf } from '@query2label/sdk';
import { buildModel, programOf, startPrediction, startTraining } from '../ours/model.mjs';

/**
 * Compiles the program of a setting. A function of its own, so that the first values are let go when it ends.
 * @param setting `{ kind: 'prediction' | 'training', depth, size, batch, labels, dropout, threads }`
 * @returns `run()`, and what the graph needs
 */
export async function startProgram(engine, setting) {
  const model = await buildModel(setting);
  const { program, signature } = programOf(model, setting);
  const needs = programCost(setting.kind, program, signature);
  const begin = setting.kind === 'training' ? startTraining : startPrediction;
  return { needs, ...(await begin(engine, model, setting)) };
}

/** Loads all that any program needs. */
export async function runSomething(engine, setting) {
  const spec = { dtype: 'float32', shape: [1, 8, 8, 3] };
  const executable = await engine.compile(({ inputs: { x } }) => ({ outputs: { y: tf.relu(x) } }), {
    ...{ constants: {}, state: {}, inputs: { x: spec } },
  });
  await executable.run({ x: { ...spec, data: new Float32Array(192) } });
  await buildModel({ ...setting, depth: 18, size: 32, batch: 1 });
  await executable.dispose();
}
