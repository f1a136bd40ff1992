import { distance } from 'fastest-levenshtein';

/**
 * The candidate that a person most likely meant, or `undefined` if none is near. Upper and lower case count as equal.
 * @param tolerance most letters that may differ; default a third of the candidate's, at least 2
 */
export function closestName(name: string, candidates: readonly string[], tolerance?: number): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, letters: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.letters - b.letters);
  const nearest = ranked.at(0);
  if (nearest === undefined) return undefined;
  const allowed = tolerance ?? Math.max(2, Math.floor(nearest.candidate.length / 3));
  return nearest.letters <= allowed ? nearest.candidate : undefined;
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
