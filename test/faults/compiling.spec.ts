import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { figure, figures } from './support/figures.js';
import { tryFault } from './support/fault-record.js';
import { PlatformUnderTest } from './support/platform-under-test.js';
import { predictOnce } from './support/predict.js';

/** Its training step and its prediction take some seconds to compile; a step of it takes less. */
const LARGE = {
  backbone: { name: 'resnet', options: { depth: 50 } },
  decoder: { name: 'query2label', options: { hiddenSize: 256, feedForwardSize: 512, heads: 4 } },
  ...{ loss: { name: 'asymmetric' }, image: { size: 64 } },
};
const RECIPE = {
  ...{ epochs: 1, batchSize: 8, learningRate: 1e-3, averageDecay: null, earlyStopping: null, seed: 1 },
  ...{ optimizer: { name: 'sgd' }, augmentations: [] },
};
/** Compiling in the server's process would hold its event loop up for most of the time that it takes, in one or two stretches. */
const SHARE = 0.25;

interface Watched {
  /** Milliseconds from the beginning of the work to its end. */
  readonly took: number;
  /** Milliseconds of the longest time for which the server's event loop stood still. */
  readonly stillFor: number;
  /** Milliseconds that each of the small queries took that were sent one after the other meanwhile. */
  readonly answers: readonly number[];
}

describe('compiling a large model', () => {
  let platform: PlatformUnderTest;

  beforeAll(async () => {
    platform = await PlatformUnderTest.start('SQLite');
    await platform.usePipeline('large', LARGE);
  });

  afterAll(() => platform.remove());

  /** Does something while small queries are sent, and looks at the server's event loop. */
  async function watch(work: () => Promise<unknown>): Promise<Watched> {
    // Each look at the figures begins a new record of the event loop.
    await figures(platform.running);
    const answers: number[] = [];
    const started = performance.now();
    let over = false;
    const asking = (async () => {
      while (!over) {
        const asked = performance.now();
        await platform.running.client.data('{ pipelines(first: 1) { nodes { id name } } }');
        answers.push(performance.now() - asked);
        await delay(20);
      }
    })();
    try {
      await work();
    } finally {
      over = true;
      await asking;
    }
    const took = performance.now() - started;
    const seen = await figures(platform.running);
    return { took, stillFor: 1000 * figure(seen, 'nodejs_eventloop_lag_max_seconds'), answers };
  }

  it('holds the event loop of the server up neither for a run nor for a prediction', async () => {
    await tryFault(
      'a large model is compiled, for a run and for a prediction',
      'event loop of the server',
      async () => {
        const id = await platform.train(RECIPE);
        const training = await watch(() => platform.until(id, ({ step }) => step >= 1, 120));
        expect((await platform.untilOver(id)).status).toBe('SUCCEEDED');
        const checkpoint = String((await platform.newestManifest(id)).id);
        const first = await watch(() => predictOnce(platform, checkpoint, 1));
        const second = await watch(() => predictOnce(platform, checkpoint, 1));
        const compiling = first.took - second.took;
        for (const { stillFor, answers, within } of [
          { ...training, within: training.took * SHARE },
          { ...first, within: compiling * SHARE },
        ]) {
          expect(stillFor).toBeLessThan(within);
          expect(Math.max(...answers)).toBeLessThan(within);
          expect(answers.length).toBeGreaterThan(10);
        }
      },
    );
  });
});
