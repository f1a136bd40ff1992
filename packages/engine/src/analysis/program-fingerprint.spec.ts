import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import type { Program } from '../engine.js';
import { programFingerprint } from './program-fingerprint.js';

const inputs = { x: { dtype: 'float32', shape: [4, 3] } } as const;
const weights = (...data: number[]) => ({ dtype: 'float32', shape: [3], data: Float32Array.from(data) }) as const;
const scaled: Program = ({ constants: { w }, inputs: { x } }) => ({ outputs: { y: tf.mul(x, w) } });

function fingerprintOf(program: Program, constants = { w: weights(1, 2, 3) }): string {
  return programFingerprint('test', program, { constants, state: {}, inputs });
}

describe('programFingerprint', () => {
  it('is the same for the same computation, recorded by other code', () => {
    const again: Program = (args) => ({ outputs: { y: args.inputs.x.mul(args.constants.w) } });
    expect(fingerprintOf(again)).toBe(fingerprintOf(scaled));
    expect(fingerprintOf(scaled)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs with an operation, an attribute, a number, a constant or the name of a result', () => {
    const others: readonly Program[] = [
      ({ constants: { w }, inputs: { x } }) => ({ outputs: { y: tf.add(x, w) } }),
      ({ constants: { w }, inputs: { x } }) => ({ outputs: { z: tf.mul(x, w) } }),
      ({ constants: { w }, inputs: { x } }) => ({ outputs: { y: tf.sum(tf.mul(x, w), 0) } }),
      ({ constants: { w }, inputs: { x } }) => ({ outputs: { y: tf.sum(tf.mul(x, w), 1) } }),
      ({ constants: { w }, inputs: { x } }) => ({ outputs: { y: tf.clipByValue(tf.mul(x, w), 0, 1) } }),
      ({ constants: { w }, inputs: { x } }) => ({ outputs: { y: tf.clipByValue(tf.mul(x, w), 0, Infinity) } }),
      ({ constants: { w }, inputs: { x } }) => ({ outputs: { y: tf.clipByValue(tf.mul(x, w), -0, Infinity) } }),
    ];
    const prints = [scaled, ...others].map((program) => fingerprintOf(program));
    prints.push(fingerprintOf(scaled, { w: weights(1, 2, 4) }));
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('does not count a constant that no result depends on', () => {
    const constants = { w: weights(1, 2, 3), unused: weights(7, 8, 9) };
    expect(fingerprintOf(scaled, constants)).toBe(fingerprintOf(scaled));
  });
});
