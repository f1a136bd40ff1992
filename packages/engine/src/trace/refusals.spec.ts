import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { UnsupportedProgramError, createEngine } from '../index.js';
import type { Program, ProgramSignature } from '../index.js';
import { testedEngine } from '../testing/tested-engine.js';

const signature: ProgramSignature = {
  constants: { table: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } },
  state: {},
  inputs: { x: { dtype: 'float32', shape: [2, 3] } },
};

describe('a program that cannot be recorded', () => {
  const engine = createEngine(testedEngine());
  const outside = tf.tensor1d([1, 2, 3]);
  const variable = tf.variable(outside);
  afterAll(async () => {
    tf.dispose([outside, variable]);
    await (await engine).dispose();
  });
  const compile = async (op: (x: tf.Tensor, table: tf.Tensor) => tf.Tensor) => {
    const program: Program = ({ inputs, constants }) => ({ outputs: { y: op(inputs.x, constants.table) } });
    return (await engine).compile(program, signature, { label: 'refused' });
  };

  it.each<[string, (x: tf.Tensor, table: tf.Tensor) => tf.Tensor, RegExp]>([
    [
      'reads a value',
      (x) => (x.dataSync()[0] > 0 ? x : tf.neg(x)),
      /reads the values of the input "x" \(float32\[2,3\]\).*tf\.where/,
    ],
    ['reads a result', (x) => tf.scalar(tf.sum(x).arraySync() as number), /reads the values of the result of Sum/],
    ['reads a constant', (x, table) => tf.mul(x, table.dataSync()[0]), /reads the values of the constant "table"/],
    [
      'uses a tensor from outside',
      (x) => tf.add(x, outside),
      /tf\.add cannot be compiled: it uses a tensor \(float32\[3\]\) that was made outside/,
    ],
    ['uses a variable', (x) => tf.add(x, variable), /made outside the program.*Declare it in the signature/],
    ['returns a tensor from outside', () => outside, /output "y".*made outside the program/],
    ['uses dropout', (x) => tf.dropout(x, 0.5), /draws random numbers on the host.*keyed draws/],
    [
      'draws uniform numbers',
      (x) => tf.add(x, tf.randomUniform([3])),
      /tf\.randomUniform cannot be compiled: it draws/,
    ],
    [
      'draws seeded numbers',
      (x) => tf.add(x, tf.randomUniform([3], 0, 1, 'float32', 7)),
      /tf\.randomUniform cannot be compiled/,
    ],
    [
      'draws normal numbers',
      (x) => tf.add(x, tf.randomNormal([3], 0, 1, 'float32', 7)),
      /tf\.randomNormal cannot be compiled/,
    ],
    [
      'draws truncated normal numbers',
      (x) => tf.add(x, tf.truncatedNormal([3], 0, 1, 'float32', 7)),
      /tf\.truncatedNormal/,
    ],
    ['draws a class', (x) => tf.multinomial(x as tf.Tensor2D, 2, 7), /tf\.multinomial cannot be compiled: it draws/],
    ['calls Math.random', (x) => tf.mul(x, Math.random()), /Math\.random cannot be compiled: it draws/],
    ['makes text', () => tf.tensor(['a']), /string tensors do not exist/],
    ['makes complex numbers', (x) => tf.real(tf.complex(x, x)), /complex/],
    [
      'makes a variable',
      (x) => tf.add(x, tf.variable(x)),
      /tf\.variable cannot be compiled: .*Declare what must be kept as state/,
    ],
    [
      'uses an optimizer of tf.train',
      (x) => {
        const weight = tf.variable(x);
        tf.train.adam(0.1).minimize(() => tf.sum(tf.square(weight)).asScalar(), false, [weight]);
        return weight;
      },
      /every run would be their first step/,
    ],
    [
      'lets an optimizer of tf.train apply gradients',
      (x) => {
        tf.train.adam(0.1).applyGradients({ weight: x as tf.Variable });
        return x;
      },
      /every run would be their first step/,
    ],
    [
      'minimizes',
      (x) => tf.train.sgd(0.1).minimize(() => tf.sum(x).asScalar(), true) ?? x,
      /asks for gradients of variables/,
    ],
    [
      'adds truth values',
      (x) => tf.add(tf.greater(x, 0), tf.less(x, 1)),
      /tf\.add cannot be compiled: it computes with truth values.*tf\.cast\(x, 'float32'\)/,
    ],
    [
      'has the exponential of truth values',
      (x) => tf.exp(tf.greater(x, 0)),
      /tf\.exp cannot be compiled: .*truth values/,
    ],
    [
      'joins tensors of two types',
      (x) => tf.concat([x, tf.cast(x, 'int32')]),
      /tf\.concat cannot be compiled: it joins tensors of the types float32 and int32/,
    ],
    [
      'names a letter twice in tf.einsum',
      (x) => tf.einsum('ii->i', x),
      /tf\.einsum\('ii->i'\) cannot be compiled: a letter stands twice/,
    ],
    ['leaves the arrow of tf.einsum out', (x) => tf.einsum('ij', x), /it has not one arrow.*'ij,jk->ik'/],
    ['gives tf.einsum axes of two lengths', (x) => tf.einsum('ij,jk->ik', x, x), /the axes "j" have 3 and 2 elements/],
    ['asks where a scalar is largest', (x) => tf.argMax(tf.sum(x)), /a scalar has no axis.*tf\.reshape/],
    [
      'strides and dilates',
      (x) => tf.depthwiseConv2d(tf.reshape<tf.Rank.R4>(x, [1, 2, 3, 1]), tf.ones([2, 2, 1, 1]), 2, 'same', 'NHWC', 2),
      /strides or dilations, not both/,
    ],
    ['uses an ellipsis', (x) => tf.einsum('...j->...', x), /no ellipsis/],
    ['names too few axes', (x) => tf.einsum('i->i', x), /"i" names 1 axes of a tensor of shape \[2,3\]/],
    [
      'has windows that do not fit',
      (x) => tf.maxPool(tf.reshape<tf.Rank.R4>(x, [1, 2, 3, 1]), 5, 1, 'valid'),
      /windows reach over 5 places, and there are only 2/,
    ],
    [
      'goes back through windows that were rounded up',
      (x) => tf.grad((image: tf.Tensor) => tf.maxPool(tf.reshape<tf.Rank.R4>(image, [1, 2, 3, 1]), 2, 2, 0, 'ceil'))(x),
      /no gradient where dimRoundingMode makes more windows than fit/,
    ],
    [
      'has a shape that depends on values',
      (x) => tf.unique(tf.reshape(x, [6])).values,
      /shape of its result depends on values.*tf\.where/,
    ],
    [
      'pads uneven windows by one number',
      (x) => tf.conv2d(tf.reshape<tf.Rank.R4>(x, [1, 2, 3, 1]), tf.ones<tf.Rank.R4>([1, 2, 1, 1]), 1, 1),
      /tf\.conv2d cannot be compiled: .*wrong width when windows of 1x2.*\[1, 1\]/,
    ],
    [
      'uses images of channels first',
      (x) => tf.conv2d(tf.reshape<tf.Rank.R4>(x, [1, 1, 2, 3]), tf.ones<tf.Rank.R4>([1, 1, 1, 1]), 1, 'valid', 'NCHW'),
      /NCHW is not supported\. Use NHWC/,
    ],
  ])('%s', async (_, op, message) => {
    const refusal = compile(op);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toBeInstanceOf(UnsupportedProgramError);
  });

  it('leaves the backend, Math.random, foreign tensors and memory as they were', async () => {
    await tf.setBackend('cpu');
    const [tensors, random] = [tf.memory().numTensors, Math.random];
    await expect(compile((x) => tf.add(x, outside))).rejects.toThrow();
    await expect(compile((x) => tf.tidy(() => tf.dropout(x, 0.5)))).rejects.toThrow();
    expect(tf.getBackend()).toBe('cpu');
    expect(Math.random).toBe(random);
    expect([...outside.dataSync()]).toEqual([1, 2, 3]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is refused when it returns no tensor', async () => {
    const program: Program = () => JSON.parse('{"outputs":{"y":3}}') as ReturnType<Program>;
    await expect((await engine).compile(program, signature)).rejects.toThrow(/output "y".*must be a tensor/);
  });
});
