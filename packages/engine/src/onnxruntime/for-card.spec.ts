import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Program } from '../engine.js';
import { lower } from '../onnx/lowering/lower.js';
import { keyedUniform } from '../ops/keyed-uniform.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { testedEngine } from '../testing/tested-engine.js';
import { trace } from '../trace/trace.js';

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
const [HEADS, ROWS, WIDTH, CHANNELS] = [2, 24, 64, 32] as const;

/** What training has that a graphics card could stumble over: attention, dropout, convolutions that step, and a norm of many squares. */
const program: Program = ({ inputs, state }) => {
  const loss = (weights: tf.Tensor, filter: tf.Tensor) => {
    const kept = tf.mul(tf.cast(tf.less(keyedUniform(inputs.key, 1, [ROWS, WIDTH]), 0.75), 'float32'), 4 / 3);
    const hidden = tf.mul(tf.relu(tf.matMul(inputs.rows, weights, false, true)), kept);
    const heads = tf.transpose(tf.reshape(hidden, [ROWS, HEADS, WIDTH / HEADS]), [1, 0, 2]);
    const mixed = tf.matMul(tf.softmax(tf.div(tf.matMul(heads, heads, false, true), 100)), heads);
    const seen = tf.conv2d(inputs.picture as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same');
    const again = tf.conv2d(seen, filter as tf.Tensor4D, 1, 'same');
    return tf.add<tf.Scalar>(tf.mean(tf.square(mixed)), tf.mean(tf.square(again)));
  };
  const { value, grads } = tf.valueAndGrads(loss)([state.weights, state.filter]);
  const [weights = value, filter = value] = grads;
  const norm = tf.sqrt(tf.sum(tf.square(tf.tile(weights, [32, 1]))));
  return {
    outputs: { value, norm, filter },
    state: { weights: tf.sub(state.weights, tf.mul(weights, 1e-3)), filter: state.filter },
  };
};
const signature = {
  constants: {},
  state: { weights: float32(WIDTH, WIDTH), filter: float32(3, 3, CHANNELS, CHANNELS) },
  inputs: {
    rows: float32(ROWS, WIDTH),
    picture: float32(2, 9, 9, CHANNELS),
    key: { dtype: 'int32' as const, shape: [2] },
  },
};
const state = { weights: floats(signature.state.weights.shape), filter: floats(signature.state.filter.shape) };
const inputs = {
  rows: floats(signature.inputs.rows.shape),
  picture: floats(signature.inputs.picture.shape),
  key: { dtype: 'int32' as const, shape: [2], data: Int32Array.of(3, 5) },
};

describe('programs for a graphics card', () => {
  const { graph } = trace('test', program, signature);
  const lowered = (forCard: boolean) => lower(graph, {}, { forCard, drawsOnHost: true, tapsByIndex: forCard });

  it('consist of operators that WebGPU has kernels for', () => {
    const operators = new Set(lowered(true).model.nodes.map(({ operator }) => operator));
    const onHost = ['FusedMatMul', 'BitwiseXor', 'BitShift', 'Split'];
    expect(onHost.filter((operator) => operators.has(operator))).toEqual([]);
    // The tables of taps, and fewer nodes for it.
    expect(operators).toContain('Gather');
    const usual = lowered(false).model.nodes.map(({ operator }) => operator);
    expect(usual).toEqual(expect.arrayContaining(['FusedMatMul', 'Split']));
    expect(lowered(true).model.nodes.length).toBeLessThan(usual.length);
  });

  it('multiply by no matrix that is turned on the right', () => {
    const turned = lowered(true).model.nodes.filter(({ attributes }) => attributes.transB === 1);
    expect(turned.map(({ name }) => name)).toEqual([]);
    expect(lowered(false).model.nodes.some(({ attributes }) => attributes.transB === 1)).toBe(true);
  });

  it('take masks as bytes', () => {
    const [port] = lowered(true).inputs.filter(({ role }) => role === 'draw');
    expect(port).toMatchObject({ dtype: 'bool', dims: [ROWS, WIDTH] });
    expect(lowered(true).draws).toMatchObject([{ asTruths: true, mask: { below: 0.75 } }]);
  });

  it('add up many squares in parts', () => {
    const { nodes, initializers } = lowered(true).model;
    const squares = nodes.filter(({ operator }) => operator === 'ReduceSumSquare');
    const shapes = squares.map((node) => {
      const reshaped = nodes.find(({ outputs }) => outputs[0] === node.inputs[0]);
      return initializers.find(({ name }) => name === reshaped?.inputs[1])?.data;
    });
    expect(shapes).toContainEqual(BigInt64Array.of(1024n, 128n));
  });

  describe('on the tested engine', () => {
    const engines = Promise.all([createEngine({ engine: 'reference' }), createEngine(testedEngine())]);
    afterAll(async () => {
      for (const engine of await engines) await engine.dispose();
    });

    it('compute what the reference engine does, over two steps', async () => {
      const [expected, received] = await Promise.all(
        (await engines).map(async (engine) => {
          const executable = await engine.compile(program, signature);
          await executable.writeState(state);
          await executable.run(inputs);
          return { ...(await executable.run(inputs)), ...(await executable.readState(['weights'])) };
        }),
      );
      for (const name of ['value', 'filter', 'weights']) {
        expect([name, relativeError(expected?.[name], received?.[name]) < 2e-5]).toEqual([name, true]);
      }
      // Both add up all squares one by one on the CPU.
      expect(relativeError(expected?.norm, received?.norm)).toBeLessThan(2e-4);
    });
  });
});
