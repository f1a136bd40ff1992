import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AsymmetricLoss } from '@query2label/plugin-asymmetric-loss';
import { BinaryCrossEntropy } from '@query2label/plugin-binary-cross-entropy';
import { type BuiltLoss, createForwardScope, gradientsOf, tf, z } from '@query2label/sdk';

const shared = process.env.Q2L_SHARED;
const golden = z.object({
  logits: z.array(z.array(z.number())),
  targets: z.array(z.string()),
  losses: z.record(z.string(), z.object({ value: z.number(), dlogits: z.array(z.array(z.number())) })),
});

const asymmetric = (gammaNegative: number, gammaPositive: number, clip: number, detachFocus: boolean): BuiltLoss =>
  new AsymmetricLoss().build({
    ...{ gammaNegative, gammaPositive, clip, detachFocus },
    ...{ epsilon: 1e-5, labelSmoothing: 0, reduction: 'thousandfold-mean' },
  });

const LOSSES: Readonly<Record<string, BuiltLoss>> = {
  asl_2_0_0_dtgfl: asymmetric(2, 0, 0, true),
  'asl_4_1_0.05': asymmetric(4, 1, 0.05, false),
  asl_1_0_0_dtgfl: asymmetric(1, 0, 0, true),
  bce_mean: new BinaryCrossEntropy().build({ labelSmoothing: 0, positiveWeight: 1 }),
};

const folder = join(shared ?? '', 'golden/public');
const files = shared === undefined ? [''] : readdirSync(folder).filter((name) => name.endsWith('.json'));

(shared === undefined ? describe.skip : describe)('losses against the official PyTorch code', () => {
  it('has files to compare with', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)('gives value and gradient of every loss of %s', (file) => {
    const { logits, targets, losses } = golden.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    expect(Object.keys(losses).sort()).toEqual(Object.keys(LOSSES).sort());
    const scope = createForwardScope({ parameters: {}, training: true });
    for (const [name, expected] of Object.entries(losses)) {
      tf.tidy(() => {
        const x = tf.tensor2d(logits);
        const truth = tf.tensor2d(targets.map((row) => Array.from(row, Number)));
        const { value, gradients } = gradientsOf(() => ({ value: LOSSES[name].forward(scope, x, truth) }), { x });
        expect(Math.abs(value.dataSync()[0] / expected.value - 1)).toBeLessThan(1e-5);
        const found = gradients.x?.dataSync() ?? [];
        const slopes = expected.dlogits.flat();
        const largest = Math.max(...slopes.map(Math.abs));
        slopes.forEach((slope, index) => expect(Math.abs(found[index] - slope)).toBeLessThan(1e-5 * largest));
      });
    }
  });
});
