import type { RunDetails } from '../client/operations/runs.js';
import { formatNumber, formatTime } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';

/** Shows a training run. */
export function showRun(terminal: Terminal, run: RunDetails): void {
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
  terminal.document({ run });
}
