import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { CheckpointWriteError } from '../../checkpoint/container/checkpoint-write-error.js';
import { isDiskFull } from './stop-check.js';

const failing = (path: string): Promise<unknown> => writeFile(path, 'x').catch((error: unknown) => error);

describe('isDiskFull', () => {
  it('knows a full disk from other faults, alone and as the cause of a checkpoint that was not written', async () => {
    const full = await failing('/dev/full');
    const missing = await failing('/nowhere/at/all');
    expect(isDiskFull(full)).toBe(true);
    expect(isDiskFull(new CheckpointWriteError('id', '/dev/full', 'write', full))).toBe(true);
    expect(isDiskFull(missing)).toBe(false);
    expect(isDiskFull(new CheckpointWriteError('id', '/nowhere', 'write', missing))).toBe(false);
    expect(isDiskFull('ENOSPC')).toBe(false);
  });
});
