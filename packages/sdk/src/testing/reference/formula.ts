// looked up once: in a sandbox such as jest's, every use of a global costs more than the multiplication
const { imul } = Math;

/**
 * Reproducible numbers without a file: a hash of a text and an index. Reference values of other implementations are computed with
 * parameters and images made this way.
 */
export function hashOf(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return bytes.reduce((hash, byte) => imul(hash ^ byte, 0x01000193), 0x811c9dc5 | 0) >>> 0;
}

/** Number `index` of the sequence of a seed, uniform in `[-1, 1)`, exact in float64. */
export function uniformAt(seed: number, index: number): number {
  let hash = (seed + imul(index, 0x9e3779b9)) | 0;
  hash ^= hash >>> 16;
  hash = imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2147483648 - 1;
}
