import type { TrainingRun } from '../../entities/index.js';
import { RunStatus } from '../../run-status.js';
import type { TrainingWorker } from './training-worker.entity.js';

/** The labels that a run asks for and a worker does not have. */
export function lacks(labels: readonly string[], { recipe }: TrainingRun): string[] {
  return recipe.workerLabels.filter((label) => !labels.includes(label));
}

/**
 * Why a run waits; null if it does not.
 * @param workers those that live
 * @param queued all runs of the queue, oldest first
 */
export function reasonForWaiting(
  run: TrainingRun,
  workers: readonly TrainingWorker[],
  queued: readonly TrainingRun[],
): string | null {
  if (run.status === RunStatus.INTERRUPTED) return reasonForRest(run);
  if (run.status !== RunStatus.QUEUED) return null;
  if (workers.length === 0) return 'No worker lives; set Q2L_TRAINING_WORKERS or start one.';
  const fitting = workers.filter(({ labels }) => lacks(labels, run).length === 0);
  if (fitting.length === 0) {
    const offered = [...new Set(workers.flatMap(({ labels }) => labels))].toSorted().join(', ');
    const wanted = run.recipe.workerLabels.join(', ');
    return `No worker has all the labels that it asks for (${wanted}); those that live have ${offered || 'none'}. Start one with Q2L_TRAINING_LABELS=${run.recipe.workerLabels.join(',')}.`;
  }
  const before = queued.findIndex(({ id }) => id === run.id);
  return before > 0 ? `Waits for a free worker; ${before} queued before it.` : 'Waits for a free worker.';
}

function reasonForRest({ recipe, nextTryAt }: TrainingRun): string {
  if (!recipe.resumeByItself) return 'Waits to be resumed: its recipe says resumeByItself: false.';
  return nextTryAt === null ? 'Goes on in a moment.' : `Goes on by itself at ${nextTryAt.toISOString()}.`;
}
