import { describe, expect, it } from '@jest/globals';
import { superseded } from './retention-policy.js';

const POLICY = { keepLast: 2, keepBest: 1, keepEveryEpochs: null, stepsPerEpoch: 10 };
const last = (...steps: number[]) => steps.map((step) => ({ id: `last-${step}`, kind: 'LAST', step }));
const best = (...steps: number[]) => steps.map((step) => ({ id: `best-${step}`, kind: 'BEST', step }));
const names = (...parameters: Parameters<typeof superseded>) => superseded(...parameters).map(({ id }) => id).toSorted(); // prettier-ignore

describe('superseded', () => {
  it('spares the newest by step, whatever the order of the rows', () => {
    expect(names(last(30, 10, 40, 20), POLICY, new Set())).toEqual(['last-10', 'last-20']);
  });

  it('spares the best ones apart from the last ones', () => {
    expect(names([...last(30), ...best(10, 30, 20)], POLICY, new Set())).toEqual(['best-10', 'best-20']);
    expect(names(best(10, 30, 20), { ...POLICY, keepBest: 2 }, new Set())).toEqual(['best-10']);
  });

  it('spares the end of each n-th epoch, not checkpoints within it', () => {
    const policy = { ...POLICY, keepLast: 1, keepEveryEpochs: 2 };
    expect(names(last(0, 5, 10, 20, 25, 30, 40, 50), policy, new Set())).toEqual([
      'last-0',
      'last-10',
      'last-25',
      'last-30',
      'last-5',
    ]);
  });

  it('spares one of several at the end of the same epoch, the newest', () => {
    const policy = { ...POLICY, keepLast: 1, keepEveryEpochs: 1 };
    const twice = [
      { id: 'a', kind: 'LAST', step: 10 },
      { id: 'b', kind: 'LAST', step: 10 },
    ];
    expect(names([...twice, ...last(20)], policy, new Set())).toEqual(['a']);
  });

  it('spares what an alias points at, and what was imported', () => {
    const imported = [{ id: 'imported', kind: 'IMPORTED', step: 0 }];
    expect(names([...last(10, 20, 30, 40), ...imported], POLICY, new Set(['last-10']))).toEqual(['last-20']);
  });

  it('has nothing to delete where there are no more than are kept', () => {
    expect(names([...last(10, 20), ...best(10)], POLICY, new Set())).toEqual([]);
  });
});
