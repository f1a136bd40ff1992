import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationService, loadConfiguration } from '../../config/index.js';
import { ManualClock } from '../batching/manual-clock.js';
import { type AttentionPicture, AttentionStore } from './attention-store.js';
import { PredictionPool } from './prediction-pool.js';

const MAP = 2 * 2 * 4;

/** Maps of three labels, 2 x 2 cells: 48 bytes. */
function picture(): AttentionPicture {
  return {
    source: { kind: 'stored', sha256: '0'.repeat(64), name: 'a picture' },
    rows: 2,
    columns: 2,
    values: new Float32Array(3 * 4),
  };
}

describe('AttentionStore', () => {
  let clock: ManualClock;
  let pool: PredictionPool;
  let store: AttentionStore;

  beforeEach(() => {
    const configuration = new ConfigurationService(
      loadConfiguration({
        environment: { Q2L_ATTENTION_CACHE_SECONDS: '60', Q2L_ATTENTION_CACHE_BYTES: String(7 * MAP) },
      }),
    );
    clock = new ManualClock();
    pool = new PredictionPool(configuration);
    store = new AttentionStore(pool, configuration, clock);
  });

  afterEach(() => pool.stop(0));

  const idOf = (url: string): string => /attention\/(.+)\.png$/.exec(url)?.[1] ?? '';
  /** Whether the store knows a drawing: drawing it needs a process, refusing it does not. */
  const known = async (url: string): Promise<boolean> => {
    await pool.stop(0);
    const refusal: unknown = await store.png(idOf(url)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: expect.stringMatching(/^(NOT_FOUND|PREDICTION_UNAVAILABLE)$/) });
    return JSON.stringify(refusal).includes('PREDICTION_UNAVAILABLE');
  };

  it('gives the maps of one picture one unguessable name, with the label', () => {
    const one = picture();
    const [first, second] = [store.urlOf(one, 0), store.urlOf(one, 1)];
    expect(first.replace(/-0\.png$/, '')).toBe(second.replace(/-1\.png$/, ''));
    expect(store.urlOf(picture(), 0)).not.toBe(first);
  });

  it('forgets after its lifetime, not before', async () => {
    const url = store.urlOf(picture(), 0);
    clock.advance(59_999);
    expect(await known(url)).toBe(true);
    clock.advance(2);
    expect(await known(url)).toBe(false);
  });

  it('forgets the oldest beyond its memory, and never the newest', async () => {
    const urls = [store.urlOf(picture(), 0), store.urlOf(picture(), 0), store.urlOf(picture(), 0)];
    expect(await Promise.all(urls.map(known))).toEqual([false, true, true]);
  });

  it('knows no label that the picture lacks, and no name that is not one of its own', async () => {
    const url = store.urlOf(picture(), 2);
    expect(await known(url)).toBe(true);
    expect(await known(url.replace('-2.png', '-3.png'))).toBe(false);
    expect(await known('/predictions/attention/..%2f..%2fsecret-0.png')).toBe(false);
  });
});
