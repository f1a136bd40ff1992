import { describe, expect, it } from '@jest/globals';
import { ownMemory } from './own-memory.js';

const BYTES = 64 * 2 ** 20;

describe('ownMemory', () => {
  it('grows by what the process writes to', () => {
    const before = ownMemory();
    const held = Buffer.alloc(BYTES, 1);
    const growth = ownMemory() - before;
    expect(held[BYTES - 1]).toBe(1);
    expect(growth).toBeGreaterThan(0.9 * BYTES);
  });
});
