import type { RunDetails } from '../client/operations/runs.js';
import { showLearningOf } from '../client/show-learning.js';
import { formatNumber, formatTime } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommandContext } from './context.js';

/** Shows a training run. */
export function showRun(terminal: Terminal, run: RunDetails): void {
  describe(terminal, run);
  terminal.document({ run });
}

/** Shows a training run with its figures: epoch by epoch and as curves. */
export async function showRunWithCurves({ client, terminal }: CommandContext, run: RunDetails): Promise<void> {
  describe(terminal, run);
  const metrics = await showLearningOf(client, terminal, run);
  terminal.document({ run, metrics });
}

function describe(terminal: Terminal, run: RunDetails): void {
  terminal.record({
    run: run.id,
    status: run.problem === null ? run.status.toLowerCase() : `${run.status.toLowerCase()}: ${run.problem}`,
    pipeline: run.pipelineId,
    dataset: run.datasetId,
    epochs: run.epoch,
    steps: `${run.step} of ${run.totalSteps ?? '?'}`,
    loss: formatNumber(run.loss, 4),
    'best metric': formatNumber(run.bestMetric, 4),
    created: formatTime(run.createdAt),
    finished: run.finishedAt === null ? '-' : formatTime(run.finishedAt),
  });
}
