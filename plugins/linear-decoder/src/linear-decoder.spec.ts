import { describe, expect, it } from '@jest/globals';
import { createForwardScope, createParameterDeclarations, tf } from '@query2label/sdk';
import { testDecoder } from '@query2label/sdk/testing';
import { LinearDecoder } from './index.js';

testDecoder({ provider: new LinearDecoder(), options: { dropout: 0.5 } }, { describe, it });
testDecoder({ provider: new LinearDecoder(), options: { pooling: 'maximum' } }, { describe, it });

describe('LinearDecoder', () => {
  // Two cells of two channels: means 2 and 3, greatest values 3 and 5.
  it.each([
    ['average', [2 * 1 + 3 * 10 + 0.5, 2 * -1 + 0.25]],
    ['maximum', [3 * 1 + 5 * 10 + 0.5, 3 * -1 + 0.25]],
  ] as const)('classifies the %s over all cells', (pooling, expected) => {
    const parameters = createParameterDeclarations();
    const context = { featureMap: { height: 1, width: 2, channels: 2 }, labelCount: 2, parameters };
    const decoder = new LinearDecoder().build({ pooling, dropout: 0.5 }, context);
    expect(parameters.specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['fc.weight', [2, 2]],
      ['fc.bias', [2]],
    ]);
    const values = { 'fc.weight': tf.tensor2d([[1, 10], [-1, 0]]), 'fc.bias': tf.tensor1d([0.5, 0.25]) }; // prettier-ignore
    const scope = createForwardScope({ parameters: values, training: false });
    const { logits, attention } = decoder.forward(scope, tf.tensor4d([[[[1, 5], [3, 1]]]])); // prettier-ignore
    expect([...logits.dataSync()]).toEqual(expected);
    expect(attention).toEqual([]);
  });
});
