import { describe, expect, it } from '@jest/globals';
import { type Best, overallBest, shouldStop } from './early-stopping.js';

/** Plays a training whose validation figures are given; answers the epoch after which it stops. */
function stopsAfter(raw: readonly number[], averaged: readonly number[] | null, patience = 8): number | null {
  let best: Best = { raw: null, averaged: null };
  const better = (known: Best['raw'], epoch: number, value: number): Best['raw'] =>
    known === null || value > known.value ? { epoch, value } : known;
  for (let epoch = 0; epoch < raw.length; epoch += 1) {
    best = {
      raw: better(best.raw, epoch, raw[epoch]),
      averaged: averaged === null ? null : better(best.averaged, epoch, averaged[epoch]),
    };
    if (shouldStop(best, averaged?.[epoch] ?? raw[epoch], epoch, patience)) return epoch;
  }
  return null;
}

const after = (start: readonly number[], rest: number, count = 40): number[] => [
  ...start,
  ...Array.from({ length: count - start.length }, () => rest),
];

describe('early stopping', () => {
  it('stops in the ninth epoch after the best one', () => {
    expect(stopsAfter(after([0.1, 0.3], 0.2), after([0.1, 0.3], 0.2))).toBe(1 + 9);
    expect(stopsAfter(after([0.1, 0.3], 0.2), null)).toBe(1 + 9);
    expect(stopsAfter(after([0.1, 0.3], 0.2), null, 2)).toBe(1 + 3);
  });

  it('goes on while the averaged parameters stand at their best', () => {
    expect(stopsAfter(after([0.1, 0.3], 0.2), after([0.1], 0.2))).toBeNull();
    const rising = Array.from({ length: 40 }, (_, epoch) => epoch / 1000);
    expect(stopsAfter(after([0.1, 0.3], 0.2), rising)).toBeNull();
  });

  it('does not count a best of the averaged parameters that is below the best of the raw ones', () => {
    // The averaged ones rise to 0.25 in epoch 12, then fall; the best of all is that of the raw ones, epoch 1.
    const averaged = Array.from({ length: 40 }, (_, epoch) => (epoch <= 12 ? 0.01 + epoch * 0.02 : 0.2));
    expect(stopsAfter(after([0.1, 0.3], 0.2), averaged)).toBe(13);
  });

  it('counts an epoch that is the best of the raw parameters alone', () => {
    const raw = after([0.1, 0.1, 0.1, 0.1, 0.1, 0.2], 0.1);
    expect(stopsAfter(raw, after([0.5], 0.4))).toBe(5 + 9);
  });
});

describe('overallBest', () => {
  it('takes the better one, averaged on a tie', () => {
    const raw = { epoch: 3, value: 0.5 };
    expect(overallBest({ raw, averaged: { epoch: 7, value: 0.4 } })).toEqual({ weights: 'raw', ...raw });
    expect(overallBest({ raw, averaged: { epoch: 7, value: 0.5 } })?.weights).toBe('averaged');
    expect(overallBest({ raw: null, averaged: null })).toBeNull();
  });
});
