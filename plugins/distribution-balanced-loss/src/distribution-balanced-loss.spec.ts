import { describe, expect, it } from '@jest/globals';
import { createForwardScope, gradientsOf, OptionsError, tf } from '@query2label/sdk';
import { testLoss } from '@query2label/sdk/testing';
import { DistributionBalancedLoss } from './index.js';

const labelCounts = [50, 3, 10, 0, 20, 1, 7];
testLoss({ provider: new DistributionBalancedLoss(), options: { labelCounts, imageCount: 60 } }, { describe, it });
testLoss(
  { provider: new DistributionBalancedLoss(), options: { labelCounts, imageCount: 60, labelSmoothing: 0.2 } },
  { describe, it },
);

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
    const options = { labelCounts: [50, 3, 10], imageCount: 60, ...rest };
    const loss = new DistributionBalancedLoss().build(options, { labelCount: 3 });
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

  it('refuses counts that fit neither labels nor images, with the numbers', () => {
    const build = () =>
      new DistributionBalancedLoss().build({ labelCounts, imageCount: 50, ...rest }, { labelCount: 5 });
    expect(build).toThrow(OptionsError);
    expect(build).toThrow(/7 counts for 5 labels/);
    expect(build).toThrow(/a label has 50 images; expected at least 51/);
  });
});
