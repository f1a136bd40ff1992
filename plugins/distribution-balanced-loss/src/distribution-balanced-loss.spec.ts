import { describe, expect, it } from '@jest/globals';
import { createForwardScope, gradientsOf, tf } from '@query2label/sdk';
import { testLoss } from '@query2label/sdk/testing';
import { DistributionBalancedLoss } from './index.js';

const training = { imageCount: 60, positives: [50, 3, 10, 0, 20, 60, 7] };
testLoss({ provider: new DistributionBalancedLoss(), training }, { describe, it });
testLoss({ provider: new DistributionBalancedLoss(), training, options: { labelSmoothing: 0.2 } }, { describe, it });

describe('DistributionBalancedLoss', () => {
  const rest = { alpha: 0.1, beta: 10, mu: 0.2, lambda: 2, kappa: 0.05, gamma: 2, labelSmoothing: 0 };

  // Computed by PyTorch 1.13 in double precision, label by label from equations 3 to 9 of the paper; image 2 has no label.
  const expected = {
    value: 0.2086123065,
    gradient: [
      [-0.009712683, 9.1003e-5, -0.000732016],
      [0.003555309, -0.015355817, 0],
      [0.137206047, 0.041796115, 0.010423594],
    ],
  };

  it('is the equation of the paper, gradient included', () => {
    const statistics = { imageCount: 60, positives: [50, 3, 10] };
    const loss = new DistributionBalancedLoss().build(rest, { labelCount: 3, training: statistics });
    const scope = createForwardScope({ parameters: {}, training: true });
    tf.tidy(() => {
      const x = tf.tensor2d([[0.3, -1.2, 2], [-0.4, 0.7, -2.5], [1.5, 0.2, -0.3]]); // prettier-ignore
      const targets = tf.tensor2d([[1, 0, 1], [0, 1, -1], [0, 0, 0]]); // prettier-ignore
      const { value, gradients } = gradientsOf(() => ({ value: loss.forward(scope, x, targets) }), { x });
      expect(value.dataSync()[0]).toBeCloseTo(expected.value, 6);
      const found = gradients.x?.dataSync() ?? [];
      expected.gradient.flat().forEach((slope, index) => expect(found[index]).toBeCloseTo(slope, 6));
    });
  });

  it.each([
    [undefined, /needs the label counts of a training split/],
    [training, /received 7 counts for 1 labels/],
    [{ imageCount: 1, positives: [1] }, /1 images; expected .* two images/],
  ])('cannot be computed with statistics %j', (statistics, expected) => {
    const loss = new DistributionBalancedLoss().build(rest, { labelCount: 1, training: statistics });
    const scope = createForwardScope({ parameters: {}, training: true });
    expect(() => loss.forward(scope, tf.tensor2d([[0]]), tf.tensor2d([[1]]))).toThrow(expected);
  });
});
