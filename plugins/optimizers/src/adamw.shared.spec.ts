import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tf, z } from '@query2label/sdk';
import type { ScheduleValues } from '@query2label/sdk';
import { AdamW } from './index.js';

const shared = process.env.Q2L_SHARED;
const trace = z.object({ after_step: z.array(z.array(z.number())) });
const golden = z.object({
  weight_decay: z.number(),
  eps: z.number(),
  init: z.array(z.number()),
  grads: z.array(z.array(z.number())),
  runs: z.record(z.string(), z.object({ float32: trace, float64: trace })),
});

/** One-cycle over 20 steps, peak 1e-2 at step 3, beta1 from 0.95 to 0.85 and back. */
function oneCycle(step: number): ScheduleValues {
  const curve = (start: number, end: number, part: number) =>
    end + ((start - end) / 2) * (1 + Math.cos(Math.PI * part));
  const part = step <= 3 ? step / 3 : (step - 3) / 16;
  return step <= 3
    ? { learningRate: curve(4e-4, 1e-2, part), momentum: curve(0.95, 0.85, part) }
    : { learningRate: curve(1e-2, 4e-8, part), momentum: curve(0.85, 0.95, part) };
}

(shared === undefined ? describe.skip : describe)('adamw against PyTorch', () => {
  const read = () => golden.parse(JSON.parse(readFileSync(join(shared ?? '', 'golden/metrics/adamw.json'), 'utf8')));
  const after = ({ after_step: steps }: z.output<typeof trace>, step: number) =>
    steps.find(([at]) => at === step)?.slice(1);

  // The recorded runs share one array that PyTorch updated in place: what the file calls `init` is where the one-cycle run in
  // float32 ended, and both it and the constant run in float64 started where the constant run in float32 ended.
  it.each([
    { name: 'constant_lr_1e-3', precision: 'float64', startsAfter: 'constant_lr_1e-3' },
    { name: 'onecycle_max_1e-2', precision: 'float32', startsAfter: 'constant_lr_1e-3' },
    { name: 'onecycle_max_1e-2', precision: 'float64', startsAfter: null },
  ] as const)('gives the values of $name in $precision after 1, 2, 5, 10 and 20 steps', (recorded) => {
    const { init, grads, runs, weight_decay: weightDecay, eps: epsilon } = read();
    const start = recorded.startsAfter === null ? init : after(runs[recorded.startsAfter].float32, 20);
    const optimizer = new AdamW().build({ beta1: 0.9, beta2: 0.999, epsilon, weightDecay, decay: 'all' });
    const spec = { name: 'w', shape: [init.length], role: 'trainable', initializer: { kind: 'zeros' } } as const;
    let compared = 0;
    tf.tidy(() => {
      let value: tf.Tensor = tf.tensor1d(start ?? []);
      let state: Readonly<Record<string, tf.Tensor>> = {
        exp_avg: tf.zerosLike(value),
        exp_avg_sq: tf.zerosLike(value),
      };
      grads.forEach((gradient, index) => {
        const schedule = recorded.name === 'onecycle_max_1e-2' ? oneCycle(index) : { learningRate: 1e-3 };
        const numbers = optimizer.scalars(index + 1, schedule);
        const scalars = Object.fromEntries(Object.entries(numbers).map(([key, number]) => [key, tf.scalar(number)]));
        const update = optimizer.update(spec, value, tf.tensor1d(gradient), state, scalars);
        value = update.parameter;
        state = update.state;
        after(runs[recorded.name][recorded.precision], index + 1)?.forEach((number, element) => {
          expect(Math.abs(value.dataSync()[element] - number)).toBeLessThan(1e-6);
          compared += 1;
        });
      });
    });
    expect(compared).toBe(5 * init.length);
  });
});
