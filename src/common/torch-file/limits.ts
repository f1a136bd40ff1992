/** Bounds that no checkpoint of a network reaches; a file that exceeds one is refused before memory is spent on it. */
export const LIMITS = {
  /** Bytes of the description of the content, without tensor data. */
  pickleBytes: 64 * 2 ** 20,
  /** Entries of a zip archive. */
  entries: 200_000,
  /** Values remembered for later reference. */
  memo: 4_000_000,
  /** Values and containers on the reader's stack at once. */
  stack: 4_000_000,
  /** Containers within containers. */
  depth: 100,
  /** Values, counting one that is referred to twice as two. */
  values: 8_000_000,
  dimensions: 64,
  /** Elements of one tensor. */
  elements: 2 ** 30,
  /** Elements of a tensor that repeats its storage (stride 0). */
  repeatedElements: 2 ** 24,
  /** DEFLATE cannot shrink data further than this. */
  deflateRatio: 1032,
} as const;
