import { describe, expect, it } from '@jest/globals';
import { tf } from '@query2label/sdk';
import { attentionShares, USUAL_ATTENTION } from './attention-view.js';
import { attentionMaps } from './programs/attention-maps.js';

const TWO_BY_FOUR = { layers: 2, heads: 4 };

describe('attentionShares', () => {
  it.each([
    [USUAL_ATTENTION, [0, 0, 0, 0, 0.25, 0.25, 0.25, 0.25]],
    [{ layer: 0, head: 'mean' }, [0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0]],
    [{ layer: 1, head: 2 }, [0, 0, 0, 0, 0, 0, 1, 0]],
    [{ layer: 'mean', head: 3 }, [0, 0, 0, 0.5, 0, 0, 0, 0.5]],
    [{ layer: 'mean', head: 'mean' }, Array.from({ length: 8 }, () => 0.125)],
  ] as const)('of %j', (view, shares) => {
    expect([...attentionShares(TWO_BY_FOUR, view)]).toEqual(shares);
  });

  it.each([
    [{ layer: 2, head: 'mean' }, /layer: received 2; the decoder has layers 0 to 1/],
    [{ layer: 'last', head: 4 }, /head: received 4; the decoder has heads 0 to 3/],
    [{ layer: -1, head: 9 }, /layer: received -1.*head: received 9/],
  ] as const)('refuses %j with what there is', (view, message) => {
    expect(() => attentionShares(TWO_BY_FOUR, view)).toThrow(message);
  });
});

describe('attentionMaps', () => {
  /** Weight `1000 * layer + 100 * head + 10 * query + cell` for an image; the second one has a million more. */
  const weightsOf = (layer: number, heads: number, queries: number, cells: number) => {
    const value = (image: number, head: number, query: number, cell: number) =>
      image * 1e6 + 1000 * layer + 100 * head + 10 * query + cell;
    const range = (length: number) => Array.from({ length }, (_, index) => index);
    return tf.tensor4d(
      range(2).map((image) =>
        range(heads).map((head) =>
          range(queries).map((query) => range(cells).map((cell) => value(image, head, query, cell))),
        ),
      ),
    );
  };
  const logits = tf.zeros<tf.Rank.R2>([2, 3]);
  const attention = [weightsOf(0, 4, 3, 2), weightsOf(1, 4, 3, 2)];
  const maps = (first: Parameters<typeof attentionShares>[1], second: typeof first, queries?: number[]) => {
    const shares = [first, second].map((view) => [...attentionShares(TWO_BY_FOUR, view)]);
    return attentionMaps({ ...TWO_BY_FOUR, queries }, { logits, attention }, tf.tensor(shares, [2, 2, 4])).arraySync();
  };

  it('shows another layer and head of each image of a batch', () => {
    expect(maps({ layer: 1, head: 2 }, { layer: 'mean', head: 'mean' })).toEqual([
      [
        [1200, 1201],
        [1210, 1211],
        [1220, 1221],
      ],
      [
        [1e6 + 650, 1e6 + 651],
        [1e6 + 660, 1e6 + 661],
        [1e6 + 670, 1e6 + 671],
      ],
    ]);
  });

  it('gives labels that share a query the same map', () => {
    const view = { layer: 0, head: 0 } as const;
    expect(maps(view, view, [2, 2, 0, 0])[0]).toEqual([
      [20, 21],
      [20, 21],
      [0, 1],
      [0, 1],
    ]);
  });
});
