import { InvalidInputError } from '../../common/errors/index.js';
import { suggestName } from '../../common/text/index.js';

export interface NamedThreshold {
  readonly label: string;
  readonly threshold: number;
}

/**
 * Puts thresholds given by label name in the place of the present ones; labels that are not named keep theirs.
 * @param path where the list lies in the input, for errors
 * @throws InvalidInputError naming every entry with an unknown label (and the closest), a repeated one, or a threshold
 *   outside 0 to 1
 */
export function replaceThresholds(
  labels: readonly string[],
  present: readonly number[],
  given: readonly NamedThreshold[],
  path: string,
): number[] {
  const faults: { path: string; message: string }[] = [];
  const replaced = [...present];
  const seen = new Set<string>();
  given.forEach(({ label, threshold }, index) => {
    const at = labels.indexOf(label);
    const place = `${path}.${index}`;
    if (at < 0) {
      faults.push({ path: `${place}.label`, message: `there is no label "${label}". ${suggestName(label, labels)}` });
    } else if (seen.has(label)) {
      faults.push({ path: `${place}.label`, message: `"${label}" is given twice` });
    }
    if (!(threshold >= 0 && threshold <= 1)) {
      faults.push({ path: `${place}.threshold`, message: `received ${threshold}; expected a number from 0 to 1` });
    }
    seen.add(label);
    replaced[at] = threshold;
  });
  if (faults.length > 0) {
    const list = faults.map(({ path: where, message }) => `${where}: ${message}`).join('; ');
    throw new InvalidInputError(`The thresholds are not valid: ${list}`, faults);
  }
  return replaced;
}
