import { describe, expect, it } from '@jest/globals';
import { tf } from '@query2label/sdk';
import type { BuiltOptimizer, ParameterSpec, ScheduleValues } from '@query2label/sdk';
import { componentMetadataOf } from '@query2label/sdk';
import { AdamTrueWeightDecay, AdamW, Sgd } from './index.js';

const spec = (name: string, shape: readonly number[]): ParameterSpec => ({
  name,
  shape,
  role: 'trainable',
  initializer: { kind: 'zeros' },
});

/** Values after each step, from the same gradient sequence. */
function descend(
  optimizer: BuiltOptimizer,
  parameter: ParameterSpec,
  first: readonly number[],
  gradients: readonly (readonly number[])[],
  schedule: (step: number) => ScheduleValues,
): number[][] {
  return tf.tidy(() => {
    let value = tf.tensor([...first], [...parameter.shape]);
    let state = Object.fromEntries(optimizer.stateNames.map((name) => [name, tf.zeros([...parameter.shape])]));
    return gradients.map((gradient, index) => {
      const numbers = optimizer.scalars(index + 1, schedule(index));
      const scalars = Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, tf.scalar(number)]));
      const update = optimizer.update(parameter, value, tf.tensor([...gradient], [...parameter.shape]), state, scalars);
      value = update.parameter;
      state = { ...update.state };
      return [...value.dataSync()];
    });
  });
}

const adamw = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decay: 'all' } as const;
const constant = (learningRate: number) => () => ({ learningRate });

describe('adamw', () => {
  it('moves by the learning rate against the sign of the gradient in its first step, whatever the scale', () => {
    const [values] = descend(new AdamW().build(adamw), spec('w', [2]), [1, 1], [[1e-3, -500]], constant(0.01));
    expect(values[0]).toBeCloseTo(0.99, 5);
    expect(values[1]).toBeCloseTo(1.01, 5);
  });

  it('equals a hand computation of two steps with decay', () => {
    const optimizer = new AdamW().build({ ...adamw, weightDecay: 0.1 });
    const values = descend(optimizer, spec('w', [1]), [2], [[1], [3]], constant(0.1));
    let [value, mean, square] = [2, 0, 0];
    const expected = [1, 3].map((gradient, index) => {
      const step = index + 1;
      mean = 0.9 * mean + 0.1 * gradient;
      square = 0.999 * square + 0.001 * gradient ** 2;
      value -= 0.1 * 0.1 * value;
      value -= (0.1 * (mean / (1 - 0.9 ** step))) / (Math.sqrt(square / (1 - 0.999 ** step)) + 1e-8);
      return value;
    });
    expect(values[0][0]).toBeCloseTo(expected[0], 6);
    expect(values[1][0]).toBeCloseTo(expected[1], 6);
  });

  it('takes beta1 from a schedule that cycles it, in the bias correction too', () => {
    const scalars = new AdamW().build(adamw).scalars(2, { learningRate: 1, momentum: 0.5 });
    expect(scalars.beta1).toBe(0.5);
    expect(scalars.stepSize).toBeCloseTo(1 / (1 - 0.25), 12);
  });

  it.each([
    ['fc.b', [1, 4], false],
    ['transformer.decoder.layers.0.multihead_attn.in_proj_bias', [4], false],
    ['norm.weight', [4], false],
    ['fc.W', [1, 4, 2], true],
    ['input_proj.weight', [4, 2, 1, 1], true],
  ])('spares biases and norms if asked: %s %j', (name, shape, decays) => {
    const zero = new Array<number>(shape.reduce((product, size) => product * size, 1)).fill(0);
    const first = zero.map(() => 1);
    const decay = { ...adamw, weightDecay: 0.5 };
    const sparing = new AdamW().build({ ...decay, decay: 'spare-biases-and-norms' });
    const all = new AdamW().build(decay);
    expect(descend(sparing, spec(name, shape), first, [zero], constant(0.1))[0][0]).toBeCloseTo(decays ? 0.95 : 1, 6);
    expect(descend(all, spec(name, shape), first, [zero], constant(0.1))[0][0]).toBeCloseTo(0.95, 6);
  });
});

describe('adam-true-weight-decay', () => {
  // torch.optim.Adam of PyTorch 1.13 in double precision, decay 0.1 for the matrix and 0 for the bias, under OneCycleLR
  // (max_lr 1e-2, 5 steps, pct_start 0.4), which cycles beta1.
  const schedule = [
    { learningRate: 4e-4, momentum: 0.95 },
    { learningRate: 1e-2, momentum: 0.85 },
    { learningRate: 0.00750001, momentum: 0.875 },
    { learningRate: 0.00250003, momentum: 0.925 },
    { learningRate: 4e-8, momentum: 0.95 },
  ];
  const matrix = {
    first: [0.5, -1.5, 2, 0.25],
    gradients: [[0.1, -2, 30, 0], [0.2, 1, -10, 1e-3], [-0.3, 0.5, 5, 2e-3], [0, 0, 0, 0], [0.1, 0.1, 0.1, 0.1]], // prettier-ignore
    expected: [
      [0.4996, -1.4996, 1.9996, 0.2496],
      [0.49193168, -1.50039659, 1.999899423, 0.242591398],
      [0.491211866, -1.50166549, 1.99930369, 0.235866954],
      [0.490721208, -1.502131331, 1.9990336, 0.232604912],
      [0.490721191, -1.502131339, 1.999033594, 0.232604869],
    ],
  };
  const bias = {
    first: [0.75, -0.5],
    gradients: [[1, -1], [0.5, 2], [0, 0], [-3, 1e-4], [0.2, 0.2]], // prettier-ignore
    expected: [
      [0.7496, -0.4996],
      [0.744243266, -0.505467851],
      [0.74062275, -0.509433822],
      [0.741379554, -0.511174036],
      [0.741379568, -0.511174073],
    ],
  };
  const optimizer = new AdamTrueWeightDecay().build({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 });

  it.each([
    ['decays a matrix', spec('transformer.linear1.weight', [2, 2]), matrix],
    ['decays fc.b, which has two dimensions', spec('fc.b', [1, 4]), matrix],
    ['spares a bias', spec('transformer.linear1.bias', [2]), bias],
    ['spares a norm', spec('transformer.norm1.weight', [2]), bias],
    ['spares whatever ends in .bias', spec('layer.bias', [1, 2]), bias],
  ])("gives PyTorch's numbers: %s", (_title, parameter, { first, gradients, expected }) => {
    const values = descend(optimizer, parameter, first, gradients, (step) => schedule[step]);
    expected.forEach((numbers, step) =>
      numbers.forEach((number, element) => expect(Math.abs(values[step][element] - number)).toBeLessThan(5e-7)),
    );
  });
});

describe('sgd', () => {
  const sgd = { momentum: 0.9, nesterov: false, weightDecay: 0, decay: 'all' } as const;

  it('accumulates momentum as PyTorch does', () => {
    const values = descend(new Sgd().build(sgd), spec('w', [1]), [1], [[1], [1], [0]], constant(0.1));
    [0.9, 0.71, 0.539].forEach((expected, index) => expect(values[index][0]).toBeCloseTo(expected, 6));
  });

  it('looks ahead with nesterov and couples weight decay', () => {
    const nesterov = new Sgd().build({ ...sgd, nesterov: true });
    expect(descend(nesterov, spec('w', [1]), [1], [[1]], constant(0.1))[0][0]).toBeCloseTo(1 - 0.1 * 1.9, 6);
    const decaying = new Sgd().build({ ...sgd, momentum: 0, weightDecay: 0.5 });
    expect(descend(decaying, spec('w', [1]), [2], [[1]], constant(0.1))[0][0]).toBeCloseTo(2 - 0.1 * 2, 6);
  });
});

it('publishes defaults: the recipe of the paper', () => {
  expect(componentMetadataOf(AdamW)?.options.parse({})).toEqual({ ...adamw, weightDecay: 0.01 });
  expect(componentMetadataOf(Sgd)?.options.safeParse({ momentum: 1 }).success).toBe(false);
});
