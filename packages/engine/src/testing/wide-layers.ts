import * as tf from '@tensorflow/tfjs';
import type { NamedTensors, Program, ProgramSignature } from '../engine.js';

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
const WIDTH = 1024;

const PARAMETERS = {
  joined: float32(2 * WIDTH, WIDTH), // two projections of one input, read in rows
  joinedBias: float32(2 * WIDTH),
  first: float32(WIDTH + 32, WIDTH), // taller than wide
  firstBias: float32(WIDTH + 32),
  second: float32(WIDTH, WIDTH + 32), // wider than tall
  secondBias: float32(WIDTH),
};

export interface LayerOptions {
  readonly rows: number;
  /** Something of the program that keeps its weights in the usual order, or its outputs from being written in place. */
  readonly also:
    | 'nothing'
    | 'rate of each weight'
    | 'empty output'
    | 'gradient as output'
    | 'weights elsewhere'
    | 'sums of gradients';
}

/** A step of training of some layers, wide enough for weights in blocks, with moments, an average and a limit of the gradients' norm. */
export function wideLayers({ rows, also }: LayerOptions, square = (x: tf.Tensor): tf.Tensor => tf.square(x)) {
  const program: Program = ({ inputs, state }) => {
    const loss = (p: NamedTensors) => {
      const layer = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) =>
        tf.add(tf.matMul(x, weight, false, true), bias);
      const part = (half: number) =>
        layer(
          inputs.x,
          tf.slice(p.joined, [half * WIDTH, 0], [WIDTH, WIDTH]),
          tf.slice(p.joinedBias, [half * WIDTH], [WIDTH]),
        );
      const hidden = tf.relu(layer(tf.mul(part(0), tf.sigmoid(part(1))), p.first, p.firstBias));
      const y = tf.add(layer(hidden, p.second, p.secondBias), inputs.x);
      const elsewhere = also === 'weights elsewhere' ? tf.mean(tf.abs(p.first)) : tf.scalar(0);
      return tf.add<tf.Scalar>(tf.mean(square(y)), elsewhere);
    };
    const names = Object.keys(PARAMETERS);
    const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) =>
      loss(Object.fromEntries(values.map((parameter, index) => [names[index] ?? '', parameter]))),
    )(names.map((name) => state[name]));
    const norm = tf.sqrt(tf.addN(grads.map((gradient) => tf.sum(square(gradient)))));
    const scale = tf.minimum(tf.div(1, norm), 1);
    const next: Record<string, tf.Tensor> = {};
    names.forEach((name, index) => {
      const gradient = tf.mul(grads[index] ?? value, scale);
      const moment = tf.add(tf.mul(state[`${name}/moment`], 0.9), tf.mul(gradient, 0.1));
      const rate = also === 'rate of each weight' && name === 'first' ? inputs.rate : 0.5;
      next[name] = tf.sub(state[name], tf.mul(moment, rate));
      next[`${name}/moment`] = moment;
      next[`${name}/average`] = tf.add(tf.mul(state[`${name}/average`], 0.75), tf.mul(next[name], 0.25));
    });
    // Two updates that share nothing but a gradient.
    if (also === 'sums of gradients') next['first/sum'] = tf.add(state['first/sum'], grads[2]);
    const outputs = {
      ...{ value, norm },
      ...(also === 'empty output' && { nothing: tf.slice(inputs.x, [0, 0], [0, WIDTH]) }),
      ...(also === 'gradient as output' && { gradient: grads[2] }),
    };
    return { outputs, state: next };
  };
  const state = Object.fromEntries(
    Object.entries(PARAMETERS).flatMap(([name, spec]) =>
      ['', '/moment', '/average'].map((of) => [`${name}${of}`, spec]),
    ),
  );
  const sums: ProgramSignature['state'] = also === 'sums of gradients' ? { 'first/sum': PARAMETERS.first } : {};
  const rate: ProgramSignature['state'] = also === 'rate of each weight' ? { rate: PARAMETERS.first } : {};
  return {
    program,
    signature: {
      constants: {},
      state: { ...state, ...sums },
      inputs: { x: float32(rows, WIDTH), ...rate },
    } satisfies ProgramSignature,
  };
}

/** Not what is rewritten: ONNX Runtime's own sum of squares is off by 1e-4 of itself for a million elements. */
export const timesItself = (x: tf.Tensor) => tf.mul(x, x);

export type WideLayers = ReturnType<typeof wideLayers>;
