import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSafetensors } from './index.js';

const shared = process.env.Q2L_SHARED;

(shared === undefined ? describe.skip : describe)('safetensors files of the reference', () => {
  const path = (name: string) => join(shared ?? '', 'golden', 'files', name);

  it.each(['broken-header-length.safetensors', 'broken-offsets.safetensors'])('refuses %s', async (name) => {
    await expect(readSafetensors(path(name))).rejects.toThrow(name);
  });
});
