import { describe, expect, it } from '@jest/globals';
import { letGo } from './let-go.js';

describe('letGo', () => {
  it('leaves the arrays empty, several of one buffer too, and others as they are', () => {
    const buffer = new ArrayBuffer(32);
    const [one, other] = [new Float32Array(buffer, 0, 4), new Int32Array(buffer, 16, 4)];
    const [alone, kept] = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5)];
    letGo([one, other, alone]);
    expect([one, other, alone].map(({ length }) => length)).toEqual([0, 0, 0]);
    expect([...kept]).toEqual([4, 5]);
    expect(() => letGo([])).not.toThrow();
  });
});
