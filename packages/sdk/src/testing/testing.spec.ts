import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { Backbone, Loss } from '../decorators/index.js';
import type { BackboneContext, BackboneProvider, BuiltBackbone, BuiltLoss, LossProvider } from '../contracts/index.js';
import { UNIT_NORMALIZATION } from '../contracts/index.js';
import { conv2d } from '../nn/index.js';
import { backboneChecks, lossChecks } from './index.js';
import type { ConformanceCheck } from './index.js';

const FAULTS = ['none', 'shape', 'batch', 'unused', 'leak', 'name', 'gradient', 'memory'] as const;
const options = z.strictObject({ fault: z.enum(FAULTS).default('none').describe('What is wrong with it') });

let builds = 0;

/** The square of x with the gradient of 3x. */
const wrongGradient = (x: tf.Tensor4D): tf.Tensor4D =>
  tf.customGrad<tf.Tensor4D>(() => ({
    value: tf.square(x),
    gradFunc: (dy: tf.Tensor4D) => tf.mul(dy, 3),
  }))(x);

@Backbone({ name: 'faulty', description: 'A backbone with a fault of choice', options })
class Faulty implements BackboneProvider<z.output<typeof options>> {
  build({ fault }: z.output<typeof options>, { imageSize, parameters }: BackboneContext): BuiltBackbone {
    const convolve = conv2d(parameters, { inputs: 3, outputs: 2, kernel: 4, stride: 4 });
    if (fault === 'unused') parameters.declare('forgotten', [2], { kind: 'ones' });
    if (fault === 'name') parameters.declare('a name', [2], { kind: 'ones' }, 'buffer');
    const offset = fault === 'memory' ? ++builds : 0;
    const height = imageSize.height / 4 + (fault === 'shape' ? 1 : 0);
    return {
      featureMap: { height, width: imageSize.width / 4, channels: 2 },
      normalization: UNIT_NORMALIZATION,
      forward: (scope, images) => {
        const x = tf.add<tf.Tensor4D>(convolve(scope, images), offset);
        if (fault === 'batch') return tf.sub(x, tf.mean(x, 0, true));
        if (fault === 'gradient') return wrongGradient(x);
        if (fault === 'leak') tf.keep(tf.relu(x));
        return x;
      },
    };
  }
}

const lossOptions = z.strictObject({});

@Loss({ name: 'naive', description: 'Logistic loss as one would first write it', options: lossOptions })
class Naive implements LossProvider<z.output<typeof lossOptions>> {
  build(): BuiltLoss {
    return {
      forward: (_scope, logits, targets) => tf.neg(tf.sum(tf.mul(targets, tf.log(tf.sigmoid(logits))))).asScalar(),
    };
  }
}

/** Names of the checks that fail. */
async function failures(checks: readonly ConformanceCheck[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks) await run().catch(() => failed.push(name));
  return failed;
}

describe('backboneChecks', () => {
  const checksWith = (fault: (typeof FAULTS)[number]): readonly ConformanceCheck[] =>
    backboneChecks({ provider: new Faulty(), options: { fault }, imageSize: { height: 8, width: 12 } });

  it('pass for a sound backbone', async () => {
    expect(await failures(checksWith('none'))).toEqual([]);
  });

  it.each([
    ['shape', 'gives finite outputs of the promised shapes'],
    ['batch', 'gives an image the same outputs alone and in a batch'],
    ['unused', 'gives every trainable parameter a finite gradient'],
    ['leak', 'leaves no tensors behind'],
    ['name', 'names its parameters and declares the same ones each time'],
    ['gradient', 'has gradients that agree with finite differences'],
    ['memory', 'gives the same bits each time, with its parameters as its only state'],
  ] as const)('notice the fault "%s"', async (fault, check) => {
    expect(await failures(checksWith(fault))).toContain(check);
  });

  it('refuse a class of another kind', async () => {
    const [declaration] = backboneChecks({ provider: new Naive() });
    await expect(declaration.run()).rejects.toThrow(/Class Naive is declared as loss; expected backbone/);
  });
});

describe('lossChecks', () => {
  it('notice infinities at extreme logits and unknown labels that count', async () => {
    const failed = await failures(lossChecks({ provider: new Naive() }));
    expect(failed).toContain('is finite, with finite gradients, for logits from -200 to 200');
    expect(failed).toContain('gives unknown labels neither value nor gradient');
  });
});
