import { describe, expect, it } from '@jest/globals';
import { createForwardScope, tf } from '@query2label/sdk';
import { testLoss } from '@query2label/sdk/testing';
import { FocalLoss } from './index.js';

testLoss({ provider: new FocalLoss() }, { describe, it });
testLoss({ provider: new FocalLoss(), options: { labelSmoothing: 0.2 } }, { describe, it });
testLoss({ provider: new FocalLoss(), options: { gamma: 0, reduction: 'sum' } }, { describe, it });

describe('FocalLoss', () => {
  it('is the sum of its equation over known labels', () => {
    const loss = new FocalLoss().build({ gamma: 2, presentWeight: 0.25, labelSmoothing: 0, reduction: 'sum' });
    const logits = tf.tensor2d([[1, -0.5, 3]]);
    const scope = createForwardScope({ parameters: {}, training: true });
    const [value] = loss.forward(scope, logits, tf.tensor2d([[1, 0, -1]])).dataSync();
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    const present = -0.25 * (1 - sigmoid(1)) ** 2 * Math.log(sigmoid(1));
    const absent = -0.75 * sigmoid(-0.5) ** 2 * Math.log(1 - sigmoid(-0.5));
    expect(value).toBeCloseTo(present + absent, 6);
  });
});
