import { isDeepStrictEqual } from 'node:util';
import { ConflictError } from '../common/errors/index.js';
import { isRecord } from '../common/guards.js';

/** What a run is bound to from its first checkpoint on. */
export interface Bound {
  readonly definition?: unknown;
  readonly labels: readonly string[];
  readonly preprocessing?: unknown;
}

/**
 * Checks that what a run would go on with is what its checkpoint was made with. Numbers trained for one architecture, set of labels or
 * preprocessing mean nothing in another, so that nothing is taken from one and something from the other.
 * @param present what pipeline, recipe and dataset say now; parts that are left out are not compared
 * @throws ConflictError naming each place with both values
 */
export function assertResumable(runId: string, checkpoint: Bound, present: Bound): void {
  const conflicts = [
    ...(present.definition === undefined ? [] : differences('pipeline', checkpoint.definition, present.definition)),
    ...differences('labels', [...checkpoint.labels], [...present.labels]),
    ...(present.preprocessing === undefined ? [] : differences('preprocessing', checkpoint.preprocessing, present.preprocessing)), // prettier-ignore
  ];
  if (conflicts.length === 0) return;
  throw new ConflictError(`Run ${runId} cannot go on from its checkpoint: ${conflicts.join('; ')}.`, {
    help: 'Architecture, labels and preprocessing are those of the checkpoint. Restore what was changed, or start a new run.',
  });
}

function differences(path: string, before: unknown, now: unknown): string[] {
  if (isDeepStrictEqual(plain(before), plain(now))) return [];
  if (isRecord(before) && isRecord(now) && !Array.isArray(before) && !Array.isArray(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return keys.flatMap((key) => differences(`${path}.${key}`, before[key], now[key]));
  }
  return [`${path} is ${text(before)} in the checkpoint, but ${text(now)} now`];
}

/** As it would come back from a file: what is undefined is left out. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function text(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
