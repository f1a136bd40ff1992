import { watchRun } from '../client/watch-run.js';
import type { CommandContext } from './context.js';
import { RunNotSucceededError } from './run-not-succeeded.error.js';
import { showRunWithCurves } from './show-run.js';

/** Watches a run until it is over. @throws {RunNotSucceededError} unless it succeeded */
export async function watchToTheEnd(context: CommandContext, runId: string): Promise<void> {
  const { run } = await watchRun(context.client, context.terminal, runId);
  if (run.status !== 'SUCCEEDED') throw new RunNotSucceededError(run.id, run.status, run.problem);
  await showRunWithCurves(context, run);
}
