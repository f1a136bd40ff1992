import { closest, distance } from 'fastest-levenshtein';

/** The candidate that a person most likely meant, or `undefined` if none is near (more than a third of its letters differ, at least 2). */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const nearest = closest(name.toLowerCase(), candidates);
  const tolerance = Math.max(2, Math.floor(nearest.length / 3));
  return distance(name.toLowerCase(), nearest.toLowerCase()) <= tolerance ? nearest : undefined;
}

/** `a, b or c`; `(none)` for an empty list. */
export function alternatives(names: readonly string[]): string {
  if (names.length === 0) return '(none)';
  if (names.length === 1) return names[0];
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;
}

/** `Did you mean X? Valid: a, b or c.` The second part alone where nothing is near. */
export function suggestName(name: string, candidates: readonly string[]): string {
  const nearest = closestName(name, candidates);
  const valid = `Valid: ${alternatives(candidates)}.`;
  return nearest === undefined ? valid : `Did you mean ${nearest}? ${valid}`;
}
