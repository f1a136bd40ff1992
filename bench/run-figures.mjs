/**
 * Runs a case that measures the platform alone.
 * @returns its figures, each with `what`, `value` and, where there is one, its `unit`, its bar (`atMost` or `atLeast`, and whether it is `met`) and a `note`;
 * `failure` instead if it could not be measured
 */
export async function runFigures({ name, measure, repeats }, shared) {
  const started = performance.now();
  const took = () => ({ seconds: Math.round((performance.now() - started) / 1000) });
  try {
    const figures = await measure({ ...shared, repeats: shared.repeats ?? repeats });
    return { name, figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })), ...took() };
  } catch (error) {
    return { name, failure: error instanceof Error ? error.message : String(error), ...took() };
  }
}

function isMet({ value, atMost, atLeast }) {
  if (atMost === undefined && atLeast === undefined) return undefined;
  return value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity);
}
