import { isRecord } from '../common/guards.js';

/** The text of an environment variable that stands for a value: the reverse of `parseText`. */
export function formatText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',');
  if (isRecord(value)) return Object.entries(value).map(([name, entry]) => `${name}=${String(entry)}`).join(','); // prettier-ignore
  return String(value);
}
