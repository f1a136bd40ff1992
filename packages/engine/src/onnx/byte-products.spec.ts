import { describe, expect, it } from '@jest/globals';
import { hasNoVnni } from './byte-products.js';

describe('processors that may clip sums of products of bytes', () => {
  it.each([
    ['Haswell', 'flags\t\t: fpu sse4_2 avx avx2 fma bmi2', true],
    ['Skylake server', 'flags\t\t: fpu avx2 avx512f avx512bw avx512vl', true],
    ['Cascade Lake', 'flags\t\t: fpu avx2 avx512f avx512bw avx512vl avx512_vnni', false],
    ['Alder Lake', 'flags\t\t: fpu avx2 avx_vnni', false],
    ['Arm, which has no flags but Features', 'Features\t: fp asimd asimddp', false],
  ])('%s', (_name, line, expected) => {
    expect(hasNoVnni(`processor\t: 0\n${line}\nbugs\t\t:\n`)).toBe(expected);
  });
});
