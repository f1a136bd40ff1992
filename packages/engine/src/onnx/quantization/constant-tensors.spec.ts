import { describe, expect, it } from '@jest/globals';
import type { OnnxInitializer, OnnxModel, OnnxNode } from '../format/model.js';
import { constantsOf } from './constant-tensors.js';

const node = (operator: string, inputs: readonly string[], output: string, attributes = {}): OnnxNode => ({
  ...{ operator, domain: '', name: output, inputs, outputs: [output], attributes },
});
const DATA = Float32Array.from({ length: 30 * 50 }, (_, index) => index);
const INITIALIZERS: readonly OnnxInitializer[] = [
  { name: 'weight', type: 'float32', dims: [30, 50], data: DATA },
  { name: 'two', type: 'float32', dims: [], data: Float32Array.of(2) },
  { name: 'whole', type: 'int32', dims: [1], data: Int32Array.of(3) },
];
const MODEL: OnnxModel = {
  nodes: [
    node('Transpose', ['weight'], 'turned', { perm: [1, 0] }),
    node('Mul', ['turned', 'two'], 'doubled'),
    node('MatMul', ['x', 'doubled'], 'y'),
  ],
  initializers: INITIALIZERS,
  inputs: [{ name: 'x', type: 'float32', dims: [1, 50] }],
  outputs: [{ name: 'y', type: 'float32', dims: [1, 30] }],
};

describe('constants of a model', () => {
  const read = constantsOf(MODEL);

  it('are initializers, as they lie in memory', async () => {
    const constant = await read('weight');
    expect(constant?.dims).toEqual([30, 50]);
    expect(constant?.data).toBe(DATA);
  });

  it('are what nodes make of initializers', async () => {
    const constant = await read('doubled');
    expect(constant?.dims).toEqual([50, 30]);
    expect(constant?.data[30 * 7 + 4]).toBe(2 * DATA[50 * 4 + 7]);
    expect(constant?.data).toHaveLength(1500);
  });

  it('do not depend on inputs, and are floats', async () => {
    for (const name of ['x', 'y', 'nobody', 'whole']) expect(await read(name)).toBeUndefined();
  });
});
