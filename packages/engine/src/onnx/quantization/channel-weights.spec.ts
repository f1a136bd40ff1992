import { describe, expect, it } from '@jest/globals';
import { drawUniform } from '../../ops/keyed-hash.js';
import { quantizeWeights, transposed } from './channel-weights.js';

const weights = (size: number): Float32Array => drawUniform([7, size], 0, size).map((draw) => 2 * draw - 1);

describe('weights of 8 bits', () => {
  it('are whole numbers of the scale of their channel, the nearest ones, the largest 127', () => {
    const data = weights(6 * 35);
    for (const axis of ['first', 'last'] as const) {
      const channelOf = (index: number) => (axis === 'first' ? Math.floor(index / 35) : index % 6);
      const { values, scales } = quantizeWeights(data, 6, axis);
      const largest = new Array<number>(6).fill(0);
      data.forEach((value, index) => {
        const channel = channelOf(index);
        expect(values[index]).toBe(Math.round(value / scales[channel]) + 0);
        largest[channel] = Math.max(largest[channel], Math.abs(values[index]));
      });
      expect(largest).toEqual(new Array(6).fill(127));
    }
  });

  it('are nought in a channel of noughts, and stay in range where the scale is as small as numbers can be', () => {
    const { values } = quantizeWeights(Float32Array.of(0, -0, 2.6e-43, -2.6e-43, -3, 1), 3, 'first');
    const [zero, negative, tiny, opposite, ...others] = values;
    expect([zero, negative, ...others]).toEqual([0, 0, -127, 42]);
    // 127, or 0 where the processor takes such numbers for 0, as it does once ONNX Runtime has run in this thread.
    expect([0, 127]).toContain(tiny);
    expect(opposite + tiny).toBe(0);
  });

  it('are turned round, whatever the size of the matrix', () => {
    const [rows, columns] = [130, 259];
    const values = quantizeWeights(weights(rows * columns), 1, 'first').values;
    const turned = transposed(values, rows, columns);
    values.forEach((value, index) => {
      expect(turned[(index % columns) * rows + Math.floor(index / columns)]).toBe(value);
    });
  });
});
