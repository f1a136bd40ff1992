import { describe, expect, it } from '@jest/globals';
import { createForwardScope, tf } from '@query2label/sdk';
import { testLoss } from '@query2label/sdk/testing';
import { BinaryCrossEntropy } from './index.js';

testLoss({ provider: new BinaryCrossEntropy() }, { describe, it });
testLoss({ provider: new BinaryCrossEntropy(), options: { labelSmoothing: 0.1, positiveWeight: 3 } }, { describe, it });

describe('BinaryCrossEntropy', () => {
  const scope = createForwardScope({ parameters: {}, training: true });
  const valueOf = (options: { labelSmoothing: number; positiveWeight: number }, target: number): number =>
    new BinaryCrossEntropy()
      .build(options)
      .forward(scope, tf.tensor2d([[0.4]]), tf.tensor2d([[target]]))
      .dataSync()[0];
  const p = 1 / (1 + Math.exp(-0.4));

  it('is the negative logarithm of the probability of the truth', () => {
    expect(valueOf({ labelSmoothing: 0, positiveWeight: 1 }, 1)).toBeCloseTo(-Math.log(p), 6);
    expect(valueOf({ labelSmoothing: 0, positiveWeight: 1 }, 0)).toBeCloseTo(-Math.log(1 - p), 6);
  });

  it('weighs present labels and smooths targets', () => {
    expect(valueOf({ labelSmoothing: 0, positiveWeight: 3 }, 1)).toBeCloseTo(-3 * Math.log(p), 6);
    const smoothed = -0.9 * Math.log(p) - 0.1 * Math.log(1 - p);
    expect(valueOf({ labelSmoothing: 0.2, positiveWeight: 1 }, 1)).toBeCloseTo(smoothed, 6);
  });
});
