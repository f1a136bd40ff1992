import { relativeDifference } from './statistics.mjs';

const NORMS = 1e-5;
const LOGITS = 1e-3;
/** Of the losses of the first steps: rounding flips some ReLUs, and AdamW's first steps are as large for noise as for anything. */
const LOSSES = [1e-4, 1e-2, 3e-2];

/**
 * Checks that two contenders hold the same parameters and compute the same.
 * @param expected `{ norms, logits, losses }` of one
 * @param received of the other
 * @param allowed difference of the logits, relative to the largest
 * @returns the differences; a contender without norms (an exported graph) is compared by its logits
 * @throws Error if one is too large
 */
export function checkEquality(name, expected, received, allowed = LOGITS) {
  const differences = { logits: relativeDifference(expected.logits, received.logits) };
  if (received.norms !== undefined) differences.parameters = compareNorms(name, expected.norms, received.norms);
  refuseAbove(name, 'logits', differences.logits, allowed);
  if (expected.losses[0] !== null && received.losses[0] !== null) {
    differences.losses = LOSSES.slice(0, received.losses.length).map((_, index) =>
      Math.abs(received.losses[index] / expected.losses[index] - 1),
    );
    differences.losses.forEach((loss, index) => refuseAbove(name, `loss of step ${index + 1}`, loss, LOSSES[index]));
  }
  return differences;
}

/** Of the standard deviation of the logits. */
const ROUNDING = 0.15;

/** Checks that a contender which rounds computes nearly the same: root of the mean square of the difference. @throws Error if it does not */
export function checkRounding(name, rounded, exact) {
  const mean = exact.logits.reduce((sum, value) => sum + value, 0) / exact.logits.length;
  const square = (values) => values.reduce((sum, value) => sum + value * value, 0);
  const spread = square(exact.logits.map((value) => value - mean));
  const error = Math.sqrt(square(exact.logits.map((value, index) => value - rounded.logits[index])) / spread);
  // The very same numbers would mean that nothing was rounded.
  if (error === 0) throw new Error(`${name} computes exactly the same: nothing was rounded`);
  refuseAbove(name, 'logits', error, ROUNDING);
  return { 'logits, of their standard deviation,': error };
}

function compareNorms(name, expected, received) {
  const names = Object.keys(expected);
  const missing = names.filter((parameter) => received[parameter] === undefined);
  if (missing.length > 0 || Object.keys(received).length !== names.length) {
    throw new Error(
      `${name} has ${Object.keys(received).length} parameters, expected ${names.length}; missing: ${missing}`,
    );
  }
  const largest = Math.max(...names.map((key) => Math.abs(received[key] - expected[key]) / (expected[key] || 1)));
  refuseAbove(name, 'parameters', largest, NORMS);
  return largest;
}

function refuseAbove(name, what, difference, allowed) {
  if (difference <= allowed) return;
  throw new Error(
    `${name} computes something else: ${what} differ by ${difference.toExponential(2)}, allowed ${allowed}`,
  );
}
