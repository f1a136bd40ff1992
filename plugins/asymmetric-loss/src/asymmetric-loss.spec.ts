import { describe, expect, it } from '@jest/globals';
import { createForwardScope, tf } from '@query2label/sdk';
import { testLoss } from '@query2label/sdk/testing';
import { AsymmetricLoss, SimplifiedAsymmetricLoss } from './index.js';

const framework = { describe, it };
testLoss({ provider: new AsymmetricLoss(), gradientIsSlope: false }, framework);
testLoss(
  { provider: new AsymmetricLoss(), options: { gammaNegative: 4, gammaPositive: 1, clip: 0.05, detachFocus: false } },
  framework,
);
testLoss({ provider: new AsymmetricLoss(), options: { gammaNegative: 0.5, detachFocus: false, clip: 0.2 } }, framework);
testLoss({ provider: new AsymmetricLoss(), options: { labelSmoothing: 0.2, detachFocus: false } }, framework);
testLoss({ provider: new SimplifiedAsymmetricLoss(), options: { labelSmoothing: 0.2 } }, framework);
testLoss({ provider: new SimplifiedAsymmetricLoss() }, framework);
testLoss({ provider: new SimplifiedAsymmetricLoss(), options: { gammaPositive: 1 } }, framework);
testLoss({ provider: new SimplifiedAsymmetricLoss(), options: { gammaNegative: 0, reduction: 'sum' } }, framework);

describe('simplified-asymmetric', () => {
  it('is the equation of the paper', () => {
    const scope = createForwardScope({ parameters: {}, training: true });
    const loss = new SimplifiedAsymmetricLoss().build({
      gammaNegative: 2,
      gammaPositive: 1,
      labelSmoothing: 0,
      reduction: 'mean',
    });
    const p = (logit: number): number => 1 / (1 + Math.exp(-logit));
    const expected = ((1 - p(0.3)) * Math.log(p(0.3)) + p(-0.7) ** 2 * Math.log(1 - p(-0.7))) / -2;
    const value = loss.forward(scope, tf.tensor2d([[0.3, -0.7]]), tf.tensor2d([[1, 0]]));
    expect(value.dataSync()[0]).toBeCloseTo(expected, 6);
  });
});
