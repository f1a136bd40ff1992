import { describe, expect, it } from '@jest/globals';
import { OptionsError } from '@query2label/sdk';
import { testLoss } from '@query2label/sdk/testing';
import { DistributionBalancedLoss } from './index.js';

const labelCounts = [50, 3, 10, 0, 20, 1, 7];
testLoss({ provider: new DistributionBalancedLoss(), options: { labelCounts, imageCount: 60 } }, { describe, it });

describe('DistributionBalancedLoss', () => {
  const rest = { alpha: 0.1, beta: 10, mu: 0.2, lambda: 2, kappa: 0.05, gamma: 2 };

  it('refuses counts that fit neither labels nor images, with the numbers', () => {
    const build = () =>
      new DistributionBalancedLoss().build({ labelCounts, imageCount: 50, ...rest }, { labelCount: 5 });
    expect(build).toThrow(OptionsError);
    expect(build).toThrow(/7 counts for 5 labels/);
    expect(build).toThrow(/a label has 50 images; expected at least 51/);
  });
});
