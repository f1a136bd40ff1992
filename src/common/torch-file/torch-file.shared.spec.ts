import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openTorchFile, TorchDict, TorchFileError, TorchTensor, TorchTuple } from './index.js';
import type { TorchValue } from './index.js';

const shared = process.env.Q2L_SHARED;
const folder = join(shared ?? '', 'golden', 'files');

interface Described {
  readonly type: string;
  readonly value?: string | number | boolean | null;
  readonly values?: readonly (string | number | boolean)[];
  readonly items?: readonly unknown[];
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly stride?: readonly number[];
  readonly storage_offset?: number;
}

const json = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
const SPECIAL: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

function expectNumber(actual: unknown, expected: unknown, dtype: string): void {
  const target = typeof expected === 'string' ? (SPECIAL[expected] ?? BigInt(expected)) : Number(expected);
  if (typeof target === 'bigint') return expect(BigInt(Number(actual))).toBe(BigInt(Number(target)));
  const value = Number(actual);
  return expect(dtype === 'float64' || dtype === 'int64' ? value : Math.fround(value)).toBe(
    dtype === 'float64' || dtype === 'int64' ? target : Math.fround(target),
  );
}

async function expectValue(actual: TorchValue, expected: Described): Promise<void> {
  if (actual instanceof TorchTensor) {
    expect(actual.isParameter ? 'parameter' : 'tensor').toBe(expected.type);
    expect(actual).toMatchObject({
      dtype: expected.dtype,
      shape: expected.shape,
      stride: expected.stride,
      storageOffset: expected.storage_offset,
    });
    const values = [...(await actual.read())];
    expect(values).toHaveLength(expected.values?.length ?? -1);
    values.forEach((value, index) => expectNumber(value, expected.values?.[index], expected.dtype ?? ''));
    expect(await actual.readFloat32()).toEqual(Float32Array.from(values, Number));
  } else if (actual instanceof TorchDict) {
    expect(['dict', 'OrderedDict']).toContain(expected.type);
    expect(actual.size).toBe(expected.items?.length);
    const pairs = (expected.items ?? []) as readonly (readonly [Described, Described])[];
    for (const [index, [key, value]] of [...actual].entries()) {
      expect(key).toBe(pairs[index][0].value);
      await expectValue(value, pairs[index][1]);
    }
  } else if (actual instanceof TorchTuple || Array.isArray(actual)) {
    expect(expected.type).toBe(Array.isArray(actual) ? 'list' : 'tuple');
    const items = Array.isArray(actual) ? actual : actual.items;
    expect(items).toHaveLength(expected.items?.length ?? -1);
    for (const [index, item] of items.entries()) await expectValue(item, expected.items?.[index] as Described);
  } else if (typeof actual === 'number' || typeof actual === 'bigint') {
    expect(
      typeof expected.value === 'string' ? (SPECIAL[expected.value] ?? BigInt(expected.value)) : expected.value,
    ).toBe(actual);
  } else {
    expect(actual).toBe(expected.value);
  }
}

(shared === undefined ? describe.skip : describe)('checkpoints written by PyTorch', () => {
  const tiny = shared === undefined ? {} : json<{ files: Record<string, Described> }>('tiny.expected.json').files;
  const refused =
    shared === undefined ? {} : json<{ files: Record<string, { must: string }> }>('refuse.expected.json').files;

  it.each(Object.keys(tiny))('reads %s', async (name) => {
    const file = await openTorchFile(join(folder, name));
    await expectValue(file.value, tiny[name]);
    await file.close();
  });

  it.each(Object.entries(refused).filter(([, { must }]) => must === 'refuse'))('refuses %s', async (name) => {
    const error: unknown = await openTorchFile(join(folder, name)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TorchFileError);
    expect(error).toMatchObject({ fault: 'refused', file: name });
  });

  it.each(Object.entries(refused).filter(([, { must }]) => must === 'error'))(
    'notices the damage of %s',
    async (name) => {
      await expect(openTorchFile(join(folder, name))).rejects.toMatchObject({ fault: 'damaged', file: name });
    },
  );

  it('reads a deflated archive', async () => {
    const file = await openTorchFile(join(folder, 'ok-deflated.pth'));
    await expectValue(file.value, tiny['tiny-tensor.pth']);
    await file.close();
  });

  it('reads a whole Query2Label checkpoint with its optimizer', async () => {
    const expected =
      json<Record<string, { keys: number; epoch: number; best_mAP: number; arch: string }>>('q2l.expected.json');
    const { value, close } = await openTorchFile(join(folder, 'q2l-r18-64.pth'));
    const { keys, epoch, best_mAP, arch } = expected['q2l-r18-64.pth'];
    const content = value instanceof TorchDict ? value : new TorchDict();
    expect([content.get('epoch'), content.get('best_mAP'), content.get('arch')]).toEqual([epoch, best_mAP, arch]);
    const state = content.get('state_dict');
    expect(state instanceof TorchDict && state.size).toBe(keys);
    expect(state instanceof TorchDict && [...state.keys()].every((key) => String(key).startsWith('module.'))).toBe(
      true,
    );
    await close();
  });

  it('reads the moments of a trained head exactly enough to give their norms', async () => {
    const expected =
      json<Record<string, { params: string[]; exp_avg_norms: Record<string, number> }>>('q2l.expected.json');
    const { params, exp_avg_norms: norms } = expected['q2l-r18-64-head-step1.pth'];
    const { value, close } = await openTorchFile(join(folder, 'q2l-r18-64-head-step1.pth'));
    const optimizer = value instanceof TorchDict ? value.get('optimizer') : undefined;
    const state = optimizer instanceof TorchDict ? optimizer.get('state') : undefined;
    for (const [index, name] of params.entries()) {
      const moments = state instanceof TorchDict ? state.get(index) : undefined;
      const average = moments instanceof TorchDict ? moments.get('exp_avg') : undefined;
      const values = average instanceof TorchTensor ? await average.readFloat32() : new Float32Array(0);
      const norm = Math.sqrt(values.reduce((sum, moment) => sum + moment * moment, 0));
      expect(Math.abs(norm / norms[name] - 1)).toBeLessThan(1e-6);
    }
    await close();
  });
});
