import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createForwardScope, gradientsOf, tf, z } from '@query2label/sdk';
import { AsymmetricLoss } from './index.js';

const shared = process.env.Q2L_SHARED;
const golden = z.object({
  logits: z.array(z.array(z.number())),
  targets: z.array(z.array(z.number())),
  cases: z.array(
    z.object({
      cls: z.string(),
      gamma_neg: z.number(),
      gamma_pos: z.number(),
      clip: z.number(),
      eps: z.number(),
      dtgfl: z.boolean(),
      value64: z.number().optional(),
      dlogits64: z.array(z.array(z.number())).optional(),
    }),
  ),
});

(shared === undefined ? describe.skip : describe)('asymmetric against the official PyTorch code', () => {
  it('gives the same values and gradients on extreme logits', () => {
    const text = readFileSync(join(shared ?? '', 'golden/metrics/asl.json'), 'utf8');
    const { logits, targets, cases } = golden.parse(JSON.parse(text));
    const comparable = cases.filter(({ value64 }) => value64 !== undefined);
    expect(comparable).toHaveLength(8);
    for (const recorded of comparable) {
      const loss = new AsymmetricLoss().build({
        gammaNegative: recorded.gamma_neg,
        gammaPositive: recorded.gamma_pos,
        clip: recorded.clip,
        epsilon: recorded.eps,
        detachFocus: recorded.dtgfl,
        labelSmoothing: 0,
        reduction: recorded.cls === 'AsymmetricLossOptimized' ? 'thousandfold-mean' : 'sum',
      });
      tf.tidy(() => {
        const x = tf.tensor2d(logits);
        const scope = createForwardScope({ parameters: {}, training: true });
        const { value, gradients } = gradientsOf(() => ({ value: loss.forward(scope, x, tf.tensor2d(targets)) }), {
          x,
        });
        const expected = recorded.value64 ?? Number.NaN;
        expect(Math.abs(value.dataSync()[0] / expected - 1)).toBeLessThan(1e-5);
        const actual = gradients.x?.dataSync() ?? [];
        recorded.dlogits64?.flat().forEach((gradient, index) => {
          expect(Math.abs(actual[index] - gradient)).toBeLessThan(1e-4 * Math.max(1, Math.abs(gradient)));
        });
      });
    }
  });
});
