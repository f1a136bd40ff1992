import { describe, expect, it } from '@jest/globals';
import type { HostUpdate } from './host-update.js';
import { shareOut } from './update-shares.js';

const LARGE = 2 ** 20;

function updateOf(name: string, size: number, gradients: readonly string[] = [`gradient of ${name}`]): HostUpdate {
  const reads = [
    { from: 'state', name } as const,
    ...gradients.map((each) => ({ from: 'graph', name: each }) as const),
  ];
  const steps = [{ operation: 'Sub', operands: [0, 1] } as const];
  return { size, reads, scalars: [], constants: [], steps, writes: [{ name, value: reads.length }] };
}

const namesOf = (shares: readonly (readonly HostUpdate[])[]) =>
  shares.map((share) => share.flatMap(({ writes }) => writes.map(({ name }) => name)).toSorted());

describe('shareOut', () => {
  it('gives each thread about the same to do', () => {
    const updates = [5, 1, 1, 3, 2].map((size, index) => updateOf(String(index), size * LARGE));
    expect(namesOf(shareOut(updates, 2))).toEqual([['0', '1'], ['2', '3', '4']]); // prettier-ignore
    expect(namesOf(shareOut(updates, 1))).toEqual([['0', '1', '2', '3', '4']]);
  });

  it('keeps what reads the same array of the graph in one thread, over several steps too', () => {
    const updates = [
      ...[updateOf('a', LARGE, ['x']), updateOf('b', LARGE, ['y']), updateOf('c', LARGE)],
      ...[updateOf('d', LARGE, ['x', 'y']), updateOf('e', LARGE)],
    ];
    const shares = namesOf(shareOut(updates, 3));
    expect(shares).toContainEqual(['a', 'b', 'd']);
    expect(shares.flat().toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('takes one thread for little, and none for nothing', () => {
    expect(shareOut([updateOf('a', 8), updateOf('b', 8)], 4)).toHaveLength(1);
    expect(shareOut([], 4)).toEqual([]);
  });
});
