import { describe, expect, it } from '@jest/globals';
import { TrainingRun } from '../../entities/index.js';
import { LeaseWatch } from './lease-watch.js';

const run = (id: string, leaseRenewals: number, leaseToken = 'token', leaseMilliseconds = 1000): TrainingRun =>
  Object.assign(new TrainingRun(), { id, leaseToken, leaseRenewals, leaseMilliseconds });

describe('LeaseWatch', () => {
  it('calls a lease expired once it was seen unchanged for its whole length', () => {
    const watch = new LeaseWatch();
    expect(watch.expired([run('a', 1)], 0)).toEqual([]);
    expect(watch.expired([run('a', 1)], 999)).toEqual([]);
    expect(watch.expired([run('a', 1)], 1000).map(({ id }) => id)).toEqual(['a']);
  });

  it('begins anew with each renewal, each claim, and each disappearance', () => {
    const watch = new LeaseWatch();
    watch.expired([run('a', 1), run('b', 1), run('c', 1)], 0);
    expect(watch.expired([run('a', 2), run('b', 1, 'other')], 900)).toEqual([]);
    expect(watch.expired([run('a', 2), run('b', 1, 'other'), run('c', 1)], 1800)).toEqual([]);
    expect(watch.expired([run('a', 2), run('b', 2, 'other'), run('c', 1)], 1900).map(({ id }) => id)).toEqual(['a']);
  });

  it('waits longer for a lease that was renewed for longer', () => {
    const watch = new LeaseWatch();
    watch.expired([run('a', 1, 'token', 5000)], 0);
    expect(watch.expired([run('a', 1, 'token', 5000)], 4999)).toEqual([]);
    expect(watch.expired([run('a', 1, 'token', 5000)], 5000)).toHaveLength(1);
  });
});
