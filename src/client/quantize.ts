import { Pace } from '../terminal/pace.js';
import { showProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import type { GraphqlClient } from './graphql-client.js';
import { QUANTIZATION_PROGRESS, QUANTIZE_CHECKPOINT } from './operations/quantization.js';
import { settled } from './refusal.js';

/** What is to predict in 8 bits, found and measured on what. */
export interface QuantizationRequest {
  /** Id or alias. */
  readonly checkpoint: string;
  /** Id. */
  readonly dataset: string;
  readonly calibrationSplit: string;
  readonly images: number;
  readonly split: string;
  readonly mostLost: number;
}

const TITLES = { CALIBRATE: 'calibrating', MEASURE_FLOAT32: 'measuring float32', MEASURE_INT8: 'measuring int8' };

/** Has a checkpoint quantized and shows how far that is. @throws {RequestRefusedError} if the server refuses */
export async function quantizeCheckpoint(client: GraphqlClient, terminal: Terminal, request: QuantizationRequest) {
  const stages = Object.fromEntries(
    Object.entries(TITLES).map(([stage, title]) => [
      stage,
      { bar: showProgress(terminal, title), pace: new Pace('pictures') },
    ]),
  );
  const follow = async (): Promise<void> => {
    let current = stages.CALIBRATE;
    const { checkpoint } = request;
    for await (const { quantizationProgress } of client.subscribe(QUANTIZATION_PROGRESS, { checkpoint })) {
      const { stage, done, total, finished } = quantizationProgress;
      if (finished) return;
      if (stages[stage] !== current) current.bar.finish();
      current = stages[stage];
      current.bar.update(done, total, current.pace.describe(done, total));
    }
  };
  // Only the answer counts: what is wrong with the request is told there, and the end of the connection ends this.
  follow().catch(() => undefined);
  try {
    const { quantizeCheckpoint: outcome } = await client.requestOverSocket(QUANTIZE_CHECKPOINT, { input: request });
    return settled(outcome);
  } finally {
    for (const { bar } of Object.values(stages)) bar.finish();
  }
}
