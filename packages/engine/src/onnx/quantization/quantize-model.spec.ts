import { describe, expect, it } from '@jest/globals';
import type { OnnxAttribute, OnnxModel } from '../format/model.js';
import { constantsOf } from './constant-tensors.js';
import { quantizeModel } from './quantize-model.js';

const port = (name: string) => ({ name, type: 'float32', dims: ['batch', 4, 8, 8] }) as const;
const filter = (name: string, dims: readonly number[]) =>
  ({
    name,
    type: 'float32',
    dims,
    data: new Float32Array(dims.reduce((size, extent) => size * extent, 1)).fill(1),
  }) as const;
const conv = (
  input: string,
  weight: string,
  output: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
) => ({
  ...{ operator: 'Conv', domain: '', name: output, inputs: [input, weight], outputs: [output], attributes },
});

describe('the 8-bit form of a model', () => {
  it('keeps the first convolution and depthwise ones in float32, and no others', async () => {
    const initializers = [
      filter('w0', [4, 4, 1, 1]),
      filter('w1', [4, 4, 1, 1]),
      filter('w2', [4, 1, 3, 3]),
      filter('w3', [4, 2, 1, 1]),
    ];
    const model: OnnxModel = {
      nodes: [
        conv('x', 'w0', 'first'),
        conv('first', 'w1', 'dense'),
        conv('dense', 'w2', 'depthwise', { group: 4 }),
        conv('depthwise', 'w3', 'grouped', { group: 2 }),
      ],
      initializers,
      inputs: [port('x')],
      outputs: [port('grouped')],
    };
    const { nodes } = await quantizeModel(model, constantsOf(model), () => [-1, 1]);
    expect(nodes.map(({ operator, name }) => `${operator} ${name}`)).toEqual([
      'Conv first',
      expect.stringMatching(/^QuantizeLinear first/),
      expect.stringMatching(/^QLinearConv dense/),
      expect.stringMatching(/^DequantizeLinear dense/),
      'Conv depthwise',
      expect.stringMatching(/^QuantizeLinear depthwise/),
      expect.stringMatching(/^QLinearConv grouped/),
      expect.stringMatching(/^DequantizeLinear grouped/),
    ]);
  });
});
