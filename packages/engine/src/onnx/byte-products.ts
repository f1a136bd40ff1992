import { readFileSync } from 'node:fs';

/**
 * Whether ONNX Runtime may clip sums of products of bytes on this processor: x64 without VNNI adds pairs of products in 16 bits. Known on Linux only;
 * elsewhere taken for exact.
 */
export function clipsByteProducts(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  try {
    return hasNoVnni(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}

/** @param processors as /proc/cpuinfo tells */
export function hasNoVnni(processors: string): boolean {
  const flags = /^flags\s*:(.*)$/m.exec(processors)?.[1];
  return flags !== undefined && !/\b(avx512_vnni|avx_vnni)\b/.test(flags);
}
