import type { EntityManager, FindOptionsWhere } from 'typeorm';
import { TrainingRun } from '../entities/index.js';
import { moveRun } from '../run-changes.js';
import { RunStatus } from '../run-status.js';

export interface Interruption {
  readonly run: TrainingRun;
  readonly cause: string;
  /** What must still hold of the row, so that a renewal in between wins. */
  readonly expected: FindOptionsWhere<TrainingRun>;
  /** Whether the worker died; one that handed the run back costs it no try, and it goes on without a pause. */
  readonly died: boolean;
}

/**
 * Takes a running run from its worker, as part of the caller's transaction. What was asked of it in the meantime is done at once: it rests
 * or is cancelled; and a run that was interrupted too often fails.
 * @returns whether it was interrupted
 */
export async function interruptRun(manager: EntityManager, interruption: Interruption): Promise<boolean> {
  const { run, cause, expected, died } = interruption;
  const { id: runId, workerId, recipe } = run;
  const interruptions = run.interruptions + (died ? 1 : 0);
  const nextTryAt = died ? new Date(Date.now() + pauseBefore(interruptions, recipe)) : null;
  const changes = { interruptions, nextTryAt };
  const from = RunStatus.RUNNING;
  const to = await moveRun(manager, { runId, from, event: 'interrupt', cause, workerId, expected, changes });
  if (to === null) return false;
  const { requested } = await manager.findOneByOrFail(TrainingRun, { id: runId });
  if (requested === 'pause' || requested === 'cancel') {
    await moveRun(manager, { runId, from: to, event: requested, cause: `asked to ${requested}`, workerId });
  } else if (died && recipe.resumeByItself && interruptions >= recipe.maximumTries) {
    const often = `interrupted ${interruptions} times, the last time because ${cause}; the recipe allows ${recipe.maximumTries}`;
    await moveRun(manager, { runId, from: to, event: 'fail', cause: often });
  }
  return true;
}

/** Whether an interrupted run may go on by itself now. */
export function mayContinue({ recipe, nextTryAt }: TrainingRun): boolean {
  if (!recipe.resumeByItself) return false;
  const rest = nextTryAt === null ? 0 : nextTryAt.getTime() - Date.now();
  // A rest longer than any pause means that the clock was set back since.
  return rest <= 0 || rest > recipe.longestRetryPauseSeconds * 1000;
}

/** The pause before the next try, in milliseconds; it doubles with each interruption. */
function pauseBefore(interruptions: number, { retryPauseSeconds, longestRetryPauseSeconds }: TrainingRun['recipe']) {
  return 1000 * Math.min(longestRetryPauseSeconds, retryPauseSeconds * 2 ** (interruptions - 1));
}
