import { Pace } from '../terminal/pace.js';
import { showProgress, type Progress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import type { GraphqlClient } from './graphql-client.js';
import { EVALUATE, EVALUATION_PROGRESS, type EvaluationDetails } from './operations/evaluations.js';
import { settled } from './refusal.js';

/** What to measure. */
export interface EvaluationRequest {
  /** Id or alias. */
  readonly checkpoint: string;
  /** Id. */
  readonly dataset: string;
  readonly split: string;
  /** Default: the server's. */
  readonly metrics?: readonly { readonly name: string }[];
  readonly onUnreadable: 'FAIL' | 'SKIP';
}

/** Has a checkpoint measured and shows how far that is. @throws {RequestRefusedError} if the server refuses */
export async function evaluateCheckpoint(
  client: GraphqlClient,
  terminal: Terminal,
  request: EvaluationRequest,
): Promise<EvaluationDetails> {
  const progress = showProgress(terminal, 'evaluating');
  // Only the answer counts: what is wrong with the request is told there, and the end of the connection ends this.
  followProgress(client, request, progress).catch(() => undefined);
  try {
    const { evaluate } = await client.requestOverSocket(EVALUATE, { input: request });
    return settled(evaluate);
  } finally {
    progress.finish();
  }
}

async function followProgress(
  client: GraphqlClient,
  { checkpoint, dataset, split }: EvaluationRequest,
  progress: Progress,
): Promise<void> {
  const pace = new Pace('pictures');
  for await (const { evaluationProgress } of client.subscribe(EVALUATION_PROGRESS, { checkpoint, dataset, split })) {
    const { done, total, finished } = evaluationProgress;
    if (finished) return;
    progress.update(done, total, pace.describe(done, total));
  }
}
