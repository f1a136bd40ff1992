import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import type { NamedValues, TensorValue } from '../index.js';
import { EngineComparison } from '../testing/compare-engines.js';
import { LAYER_CASES, NO_LAYERS, REFUSED_LAYERS } from '../testing/layer-cases.js';
import type { LayerCase } from '../testing/layer-cases.js';
import { gradientsOf, predictionOf, randomize, weightsOf } from '../testing/layer-models.js';
import { Draws } from '../testing/random/draws.js';

const BATCH = 2;

function modelOf({ inputs, make }: Pick<LayerCase, 'inputs' | 'make'>): tf.LayersModel {
  const given = inputs.map((shape) => tf.input({ shape: [...shape] }));
  const result = make().apply(given.length === 1 ? given[0] : given);
  if (Array.isArray(result) || result instanceof tf.Tensor) throw new Error('The layer has one symbolic result');
  return tf.model({ inputs: given, outputs: result });
}

function callAlone(layer: tf.layers.Layer, x: tf.Tensor, options: { readonly training?: boolean } = {}): tf.Tensor {
  const y = layer.apply(x, { ...options });
  if (!(y instanceof tf.Tensor)) throw new Error('The layer has one result');
  return y;
}

function inputsFor({ inputs, wholeNumbersBelow }: LayerCase): NamedValues {
  const draws = new Draws(5);
  return Object.fromEntries(
    inputs.map((shape, index): [string, TensorValue] => {
      const whole = [BATCH, ...shape];
      const value =
        wholeNumbersBelow === undefined ? draws.floats(whole) : draws.integers(whole, 0, wholeNumbersBelow - 1);
      return [`x${index}`, value];
    }),
  );
}

describe('each layer of tf.layers', () => {
  const engines = new EngineComparison();
  afterAll(() => engines.dispose());

  it('has a case here', () => {
    const known = [...Object.keys(LAYER_CASES), ...Object.keys(REFUSED_LAYERS), ...NO_LAYERS];
    expect(Object.keys(tf.layers).sort()).toEqual(known.sort());
  });

  it.each(Object.entries(LAYER_CASES))('%s predicts what the reference engine does', async (_, layer) => {
    if (layer.alone === true) {
      const single = layer.make();
      expect(
        await engines.error(({ inputs }) => ({ outputs: { y: callAlone(single, inputs.x0) } }), inputsFor(layer)),
      ).toBeLessThan(2e-5);
      return;
    }
    const model = randomize(modelOf(layer));
    expect(await engines.error(predictionOf(model), inputsFor(layer), weightsOf(model))).toBeLessThan(2e-5);
  });

  it.each(
    Object.entries(LAYER_CASES).filter(
      ([, layer]) => layer.alone !== true && modelOf(layer).trainableWeights.length > 0,
    ),
  )('%s learns as on the reference engine', async (_, layer) => {
    const model = randomize(modelOf(layer));
    expect(await engines.error(gradientsOf(model), { ...inputsFor(layer), ...weightsOf(model) })).toBeLessThan(1e-4);
  });

  it.each(Object.entries(REFUSED_LAYERS))('%s is refused', async (_, { make, message }) => {
    const layer = make();
    const program = ({ inputs }: { readonly inputs: Readonly<Record<string, tf.Tensor>> }) => {
      return { outputs: { y: callAlone(layer, inputs.x0, { training: true }) } };
    };
    const input: TensorValue = new Draws(1).integers([BATCH, 4, 4, 3], 0, 4);
    await expect(engines.outputs(program, { x0: input })).rejects.toThrow(message);
  });
});
