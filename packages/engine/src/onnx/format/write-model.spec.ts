import { describe, expect, it } from '@jest/globals';
import { EngineError } from '../../errors.js';
import type { OnnxModel } from './model.js';
import { LARGEST_MODEL_BYTES, writeModel } from './write-model.js';

/** Weights of 2 GiB and four bytes: pages that nobody touches take no memory. */
const data = new Float32Array(2 ** 29 + 1);
const large: OnnxModel = {
  nodes: [{ operator: 'Identity', domain: '', name: 'copy', inputs: ['weights'], outputs: ['y'], attributes: {} }],
  initializers: [{ name: 'weights', type: 'float32', dims: [data.length], data }],
  inputs: [],
  outputs: [{ name: 'y', type: 'float32', dims: [data.length] }],
};

describe('writeModel of weights beyond 2 GiB', () => {
  it('refuses one whole file, before it makes any', () => {
    expect(data.byteLength).toBeGreaterThan(LARGEST_MODEL_BYTES);
    const write = () => writeModel(large, 'huge', { whole: true });
    expect(write).toThrow(EngineError);
    expect(write).toThrow(
      /Program "huge" takes 214748\d{4} bytes as an ONNX file; the format allows 2147483647\..*safetensors/,
    );
  });

  it('keeps them outside of the model that a session starts from, without a copy', () => {
    const { bytes, external } = writeModel(large, 'huge');
    expect(bytes.byteLength).toBeLessThan(1000);
    expect(external).toHaveLength(1);
    expect(external[0].source).toBe(data);
    expect(external[0].data.buffer).toBe(data.buffer);
    expect(external[0].data.byteLength).toBe(data.byteLength);
  });
});
