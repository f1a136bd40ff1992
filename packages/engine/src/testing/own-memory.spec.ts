import { describe, expect, it } from '@jest/globals';
import { ownMemory, ownMemoryIn } from './own-memory.js';

const STATUS = ['Name:\tnode', 'VmRSS:\t  210 kB', 'RssAnon:\t  100 kB', 'RssFile:\t  110 kB', 'VmSwap:\t   20 kB', ''];

describe('ownMemory', () => {
  it('counts what no file holds, in memory and in the swap space', () => {
    expect(ownMemoryIn(STATUS.join('\n'))).toBe(120 * 1024);
  });

  it('says what is missing', () => {
    const status = STATUS.filter((line) => !line.startsWith('VmSwap')).join('\n');
    expect(() => ownMemoryIn(status)).toThrow('/proc/self/status has no line VmSwap in kB');
  });

  it('is that of this process, which has compiled this test', () => {
    expect(ownMemory()).toBeGreaterThan(10 * 2 ** 20);
  });
});
