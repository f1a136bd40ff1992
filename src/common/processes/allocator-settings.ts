/**
 * Environment of processes that compute. The allocator of glibc keeps freed blocks of up to 32 MiB for itself once such a block was freed:
 * after a model of 150 MiB is compiled, it sits on 260 MiB that nobody uses. With a fixed threshold they go back to the system. Other
 * allocators do not know the variable; an operator's own value counts.
 */
export function allocatorSettings(): Readonly<Record<string, string>> {
  return { MALLOC_MMAP_THRESHOLD_: '131072' };
}
