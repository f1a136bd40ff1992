import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { createForwardScope, createParameterDeclarations, gradientsOf } from '../scope/index.js';
import type { CollectedDeclarations } from '../scope/index.js';
import type { ForwardScope } from '../contracts/index.js';
import {
  batchNorm,
  conv2d,
  frozenBatchNorm,
  gelu,
  knownTargets,
  l2Norm,
  layerNorm,
  linear,
  maxPool2d,
  multiheadAttention,
  sinePositionEncoding,
} from './index.js';

type Updates = Record<string, number[]>;

/** A scope with the given numbers as parameters. */
function scopeOf(
  declarations: CollectedDeclarations,
  values: Readonly<Record<string, readonly number[]>>,
  updates?: Updates,
): ForwardScope {
  const parameters = Object.fromEntries(
    declarations.specs.map(({ name, shape }) => [name, tf.tensor([...(values[name] ?? [])], [...shape])]),
  );
  return createForwardScope({
    parameters,
    training: updates !== undefined,
    onBufferUpdate: (name, value) => {
      if (updates) updates[name] = [...value.dataSync()];
    },
  });
}

function expectClose(actual: tf.Tensor, expected: readonly number[], digits = 5): void {
  const values = [...actual.dataSync()];
  expect(values).toHaveLength(expected.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(expected[index], digits));
}

const counting = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('linear', () => {
  it("multiplies by the transposed weight, for inputs of any rank, with a gradient of the weight's shape", () => {
    const declarations = createParameterDeclarations();
    const layer = linear(declarations, { inputs: 2, outputs: 3 });
    const scope = scopeOf(declarations, { weight: [1, 2, 3, 4, 5, 6], bias: [10, 20, 30] });
    expectClose(layer(scope, tf.tensor3d([[[1, 1]], [[2, 0]]])), [13, 27, 41, 12, 26, 40]);
    const weight = scope.parameter('weight');
    const { gradients } = gradientsOf(
      () => ({ value: tf.sum(layer(scope, tf.tensor3d([[[1, 1]], [[2, 0]]]))).asScalar() }),
      { weight },
    );
    expect(gradients.weight?.shape).toEqual([3, 2]);
    expectClose(gradients.weight ?? tf.scalar(0), [3, 1, 3, 1, 3, 1]);
  });
});

describe('conv2d', () => {
  const image = tf.tensor4d(counting(16), [1, 4, 4, 1]);

  it('pads symmetrically as PyTorch does', () => {
    const declarations = createParameterDeclarations();
    const layer = conv2d(declarations, { inputs: 1, outputs: 1, kernel: 3, stride: 2, padding: 1, bias: false });
    // the kernel picks the upper left neighbour: windows start at -1 and 1
    expectClose(layer(scopeOf(declarations, { weight: [1, 0, 0, 0, 0, 0, 0, 0, 0] }), image), [0, 0, 0, 6]);
  });

  it('pads unevenly with TensorFlow\'s "same"', () => {
    const declarations = createParameterDeclarations();
    const layer = conv2d(declarations, { inputs: 1, outputs: 1, kernel: 3, stride: 2, padding: 'same', bias: false });
    // windows start at 0 and 2
    expectClose(layer(scopeOf(declarations, { weight: [1, 0, 0, 0, 0, 0, 0, 0, 0] }), image), [1, 3, 9, 11]);
  });

  it.each([
    [2, [1, 20, 300, 4000]],
    [4, [1, 20, 300, 4000]],
  ])('keeps %i groups apart', (groups, expected) => {
    const declarations = createParameterDeclarations();
    const layer = conv2d(declarations, { inputs: 4, outputs: 4, kernel: 1, groups, bias: false });
    const factors = [1, 10, 100, 1000];
    const perGroup = 4 / groups;
    const weight = factors.flatMap((factor, output) =>
      Array.from({ length: perGroup }, (_, input) => (input === output % perGroup ? factor : 0)),
    );
    expectClose(layer(scopeOf(declarations, { weight }), tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4])), expected);
  });

  it('refuses groups that do not divide the channels', () => {
    expect(() => conv2d(createParameterDeclarations(), { inputs: 3, outputs: 4, kernel: 1, groups: 2 })).toThrow(
      /2 groups.*3 input and 4/,
    );
  });
});

describe('batch normalisation', () => {
  const x = tf.tensor4d([1, 2, 3, 6], [4, 1, 1, 1]);
  const values = { weight: [2], bias: [1], running_mean: [1], running_var: [4] };

  it('uses the batch in training and moves the running statistics with the unbiased variance', () => {
    const declarations = createParameterDeclarations();
    const layer = batchNorm(declarations, { channels: 1 });
    const updates: Updates = {};
    const deviation = Math.sqrt(3.5 + 1e-5);
    expectClose(
      layer(scopeOf(declarations, values, updates), x),
      [1, 2, 3, 6].map((value) => ((value - 3) / deviation) * 2 + 1),
    );
    expect(updates.running_mean[0]).toBeCloseTo(0.9 + 0.3, 5);
    expect(updates.running_var[0]).toBeCloseTo(3.6 + (0.1 * 14) / 3, 5);
  });

  it('uses the running statistics otherwise, and always when frozen', () => {
    const expected = [1, 2, 3, 6].map((value) => ((value - 1) / Math.sqrt(4 + 1e-5)) * 2 + 1);
    const declarations = createParameterDeclarations();
    expectClose(batchNorm(declarations, { channels: 1 })(scopeOf(declarations, values), x), expected);
    const frozen = createParameterDeclarations();
    const updates: Updates = {};
    expectClose(frozenBatchNorm(frozen, { channels: 1 })(scopeOf(frozen, values, updates), x), expected);
    expect(updates).toEqual({});
    expect(new Set(frozen.specs.map(({ role }) => role))).toEqual(new Set(['buffer']));
  });
});

describe('layerNorm', () => {
  it('normalises the last dimension with the biased variance', () => {
    const declarations = createParameterDeclarations();
    const layer = layerNorm(declarations, { width: 2 });
    const scope = scopeOf(declarations, { weight: [1, 2], bias: [0, 5] });
    const one = 1 / Math.sqrt(1 + 1e-5);
    expectClose(
      layer(
        scope,
        tf.tensor2d([
          [3, 5],
          [1, -1],
        ]),
      ),
      [-one, 5 + 2 * one, one, 5 - 2 * one],
    );
  });
});

describe('multiheadAttention', () => {
  const declarations = createParameterDeclarations();
  const attend = multiheadAttention(declarations, { width: 2, heads: 2 });
  const identity = [1, 0, 0, 1];
  const scope = scopeOf(declarations, {
    in_proj_weight: [...identity, ...identity, ...identity],
    in_proj_bias: [0, 0, 0, 0, 0, 0],
    'out_proj.weight': identity,
    'out_proj.bias': [0, 100],
  });
  const memory = tf.tensor3d([
    [
      [1, 0],
      [0, 2],
    ],
  ]);

  it('mixes values by the softmax of each head', () => {
    const { output, weights } = attend(scope, tf.tensor3d([[[1, 3]]]), memory, memory);
    const first = Math.E / (Math.E + 1);
    const second = 1 / (1 + Math.exp(6));
    expectClose(weights, [first, 1 - first, second, 1 - second]);
    expectClose(output, [first, 100 + 2 * (1 - second)]);
  });

  it('shares one set of queries among the images of a batch', () => {
    const batch = tf.concat([memory, tf.mul<tf.Tensor3D>(memory, 2)]);
    const query = tf.tensor3d([[[1, 3]]]);
    const shared = attend(scope, query, batch, batch).output;
    expectClose(shared, [...attend(scope, tf.tile(query, [2, 1, 1]), batch, batch).output.dataSync()], 6);
  });

  it('refuses heads that do not divide the width', () => {
    expect(() => multiheadAttention(createParameterDeclarations(), { width: 6, heads: 4 })).toThrow(/width 6.*4 heads/);
  });
});

describe('small functions', () => {
  it('gelu is exact', () => {
    expectClose(gelu(tf.tensor1d([-1, 0, 1])), [-0.158655, 0, 0.841345], 5);
  });

  it('maxPool2d never lets padding win', () => {
    const pooled = maxPool2d(tf.tensor4d([-5, -4, -3, -2], [1, 2, 2, 1]), { kernel: 3, stride: 2, padding: 1 });
    expectClose(pooled, [-2]);
  });

  it('l2Norm has a gradient of 0 at 0', () => {
    const x = tf.tensor2d([
      [3, 4],
      [0, 0],
    ]);
    const { value, gradients } = gradientsOf(() => ({ value: tf.sum(l2Norm(x, [1])).asScalar() }), { x });
    expectClose(value, [5]);
    expectClose(gradients.x ?? tf.scalar(Number.NaN), [0.6, 0.8, 0, 0]);
  });
});

describe('knownTargets', () => {
  const rows = (targets: readonly number[], smoothing?: number) => {
    const { present, absent } = knownTargets(tf.tensor2d([[...targets]]), smoothing);
    return [[...present.dataSync()], [...absent.dataSync()]];
  };

  it('tells present from absent and leaves unknown labels out of both', () => {
    expect(rows([1, 0, -1])).toEqual([[1, 0, 0], [0, 1, 0]]); // prettier-ignore
  });

  it('moves known labels towards one half', () => {
    const [present, absent] = rows([1, 0, -1], 0.2);
    [0.9, 0.1, 0].forEach((value, index) => expect(present[index]).toBeCloseTo(value, 6));
    [0.1, 0.9, 0].forEach((value, index) => expect(absent[index]).toBeCloseTo(value, 6));
  });
});

describe('sinePositionEncoding', () => {
  it('refuses channels that are no multiple of 4', () => {
    expect(() => sinePositionEncoding(2, 2, 6)).toThrow(/multiple of 4 channels; received 6/);
  });

  const shared = process.env.Q2L_SHARED;
  (shared === undefined ? it.skip : it)('equals the official table for every recorded size', () => {
    const recorded = z.object({
      cases: z.array(z.object({ hidden_dim: z.int(), H: z.int(), W: z.int(), values: z.array(z.number()).optional() })),
    });
    const { cases } = recorded.parse(
      JSON.parse(readFileSync(join(shared ?? '', 'golden/metrics/sine_pe.json'), 'utf8')),
    );
    const complete = cases.filter(({ values }) => values !== undefined);
    expect(complete.length).toBeGreaterThan(0);
    for (const { hidden_dim: channels, H, W, values } of complete) {
      const table = sinePositionEncoding(H, W, channels);
      values?.forEach((value, index) => {
        const [channel, cell] = [Math.floor(index / (H * W)), index % (H * W)];
        expect(Math.abs(table[cell * channels + channel] - value)).toBeLessThan(1e-5);
      });
    }
  });
});
