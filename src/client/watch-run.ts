import { formatDuration, formatNumber } from '../terminal/format.js';
import { showProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import type { GraphqlClient } from './graphql-client.js';
import { TRAINING_RUN, TRAINING_RUN_PROGRESS, type RunDetails, type RunProgress } from './operations/runs.js';

/** What a watched run came to. */
export interface WatchedRun {
  readonly run: RunDetails;
  /** The newest progress; undefined if the run was over before. */
  readonly progress?: RunProgress;
}

function describe(progress: RunProgress): string {
  const { epoch, epochs, loss, metric, imagesPerSecond, featuresFromCache, secondsLeft } = progress;
  const cached = featuresFromCache === null ? '' : `, ${formatNumber(100 * featuresFromCache, 0)} % of features cached`;
  return [
    `epoch ${Math.min(epoch + 1, epochs)}/${epochs}`,
    `${formatNumber(imagesPerSecond, 0)} images/s${cached}`,
    `loss ${formatNumber(loss, 3)}`,
    `mAP ${formatNumber(metric, 3)}`,
    `${formatDuration(secondsLeft)} left`,
  ].join('  ');
}

/**
 * Shows the progress of a training run, as its subscription tells it, until the run is over; a paused one is waited for.
 * With `json` each step of progress is a document.
 */
export async function watchRun(client: GraphqlClient, terminal: Terminal, runId: string): Promise<WatchedRun> {
  const bar = showProgress(terminal, 'training');
  let progress: RunProgress | undefined;
  for await (const { trainingRunProgress } of client.subscribe(TRAINING_RUN_PROGRESS, { id: runId })) {
    progress = trainingRunProgress;
    terminal.document({ progress });
    bar.update(progress.step, progress.totalSteps, describe(progress));
  }
  bar.finish();
  const { trainingRun } = await client.request(TRAINING_RUN, { id: runId });
  return { run: trainingRun, progress };
}
