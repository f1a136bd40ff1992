import { type Check, isWithin } from './comparison.js';
import type { FileParity } from './run-parity.js';

const show = (value: number): string => (value === 0 ? '0' : value.toExponential(1));

/** `name: ok, largest error 3.1e-7 of 2.0e-5 (logits) | names 0 (0), logits 3.1e-7 (2.0e-5), ...` on one line. */
export function parityLine({ name, checks, failure }: FileParity): string {
  if (failure !== undefined) return `${name}: FAILED ${failure.replaceAll(/\s+/g, ' ')}`;
  const out = checks.filter((check) => !isWithin(check));
  const verdict = out.length === 0 ? 'ok' : `OUT OF TOLERANCE ${out.map(described).join(', ')}`;
  const worst = checks.reduce((one, other) => (severity(other) > severity(one) ? other : one));
  const all = checks.map(({ kind, error, tolerance }) => `${kind} ${show(error)} (${show(tolerance)})`);
  return `${name}: ${verdict}; largest ${described(worst)}; ${all.join(', ')}`;
}

const severity = ({ error, tolerance }: Check): number => (error === 0 ? 0 : error / tolerance);

function described({ kind, error, tolerance, where }: Check): string {
  return `${kind} ${show(error)} (tolerance ${show(tolerance)}${where === '' ? '' : `, ${where}`})`;
}
