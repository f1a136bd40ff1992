import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readSafetensors } from './index.js';

const golden = z.object({
  metadata: z.record(z.string(), z.string()),
  tensors: z.record(
    z.string(),
    z.object({
      dtype: z.string(),
      shape: z.array(z.number()),
      values: z.array(z.union([z.number(), z.string(), z.boolean()])),
    }),
  ),
});
const SPECIAL: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

const shared = process.env.Q2L_SHARED;

(shared === undefined ? describe.skip : describe)('safetensors files of the reference', () => {
  const path = (name: string) => join(shared ?? '', 'golden', 'files', name);

  it.each(['broken-header-length.safetensors', 'broken-offsets.safetensors'])('refuses %s', async (name) => {
    await expect(readSafetensors(path(name))).rejects.toThrow(name);
  });

  it('reads every tensor of tiny.safetensors, whatever its type', async () => {
    const expected = golden.parse(JSON.parse(readFileSync(path('tiny.safetensors.expected.json'), 'utf8')));
    const { tensors, largeIntegers, metadata } = await readSafetensors(path('tiny.safetensors'));
    expect(Object.fromEntries(metadata)).toEqual(expected.metadata);
    expect([...Object.keys(tensors), ...largeIntegers.keys()].sort()).toEqual(Object.keys(expected.tensors).sort());
    for (const [name, { dtype, shape, values }] of Object.entries(expected.tensors)) {
      const read = largeIntegers.get(name) ?? tensors[name];
      expect([name, read.shape, read.data.length]).toEqual([name, shape, values.length]);
      const wanted = values.map((value) => {
        if (largeIntegers.has(name)) return BigInt(value);
        if (typeof value === 'string') return SPECIAL[value];
        return dtype.includes('float') ? Math.fround(Number(value)) : Number(value);
      });
      expect([name, [...read.data]]).toEqual([name, wanted]);
    }
    expect([...largeIntegers.keys()]).toEqual(['i64']);
  });
});
