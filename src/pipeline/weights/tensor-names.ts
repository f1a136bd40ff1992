/** Wrappers of training scripts (data parallel, compiled modules) put these before every name. */
const WRAPPERS = /^(?:module\.|_orig_mod\.)+/;

/** A name without what wrappers put before it. */
export function unwrappedName(name: string): string {
  return name.replace(WRAPPERS, '');
}

/** Counts batches; PyTorch keeps it in checkpoints and nothing reads it. Published weights may lack it. */
export const isCounter = (name: string): boolean => lastSegment(name) === 'num_batches_tracked';

/** Follow from the image size: index maps of window attention. */
export const isIndexMap = (name: string): boolean =>
  ['relative_position_index', 'attn_mask', 'relative_coords_table'].includes(lastSegment(name));

/** The classifier of a network that was trained for something else: `fc`, `head`, `classifier`, as the libraries call it. */
export const isClassifier = (name: string): boolean =>
  /^(fc|fc_norm|head|heads|head_dist|classifier|last_linear|pre_logits)\./.test(name);

/** All beginnings that end with a dot and that every name has, from long to short; the empty one last. */
export function sharedPrefixes(names: readonly string[]): string[] {
  const segments = (names[0] ?? '').split('.').slice(0, -1);
  const prefixes = segments.map((_, index) => `${segments.slice(0, index + 1).join('.')}.`);
  return ['', ...prefixes].filter((prefix) => names.every((name) => name.startsWith(prefix))).reverse();
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
