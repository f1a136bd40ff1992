/** @throws RangeError if the step is not one of the run's */
export function checkStep(schedule: string, step: number, totalSteps: number): void {
  if (Number.isInteger(step) && step >= 0 && step < totalSteps) return;
  throw new RangeError(
    `Schedule "${schedule}" was made for steps 0 to ${totalSteps - 1}; it was asked for step ${step}.`,
  );
}
