import type { Initializer } from '../contracts/index.js';

/** Uniform in `+-1 / sqrt(fanIn)`: what PyTorch gives the weights and biases of linear layers and convolutions. */
export function fanInUniform(fanIn: number): Initializer {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}

/** Glorot's uniform: in `+-sqrt(6 / (fanIn + fanOut))`; used by the transformer of Query2Label for its matrices. */
export function glorotUniform(fanIn: number, fanOut: number): Initializer {
  return { kind: 'uniform', bound: Math.sqrt(6 / (fanIn + fanOut)) };
}

/** He's normal for layers followed by ReLU, `sqrt(2 / fan)`; residual networks use the fan out. */
export function heNormal(fan: number): Initializer {
  return { kind: 'normal', standardDeviation: Math.sqrt(2 / fan) };
}
