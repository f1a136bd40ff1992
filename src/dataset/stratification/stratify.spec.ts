import { describe, expect, it } from '@jest/globals';
import { hostRandom, keyOf, type ImportRecord } from '@query2label/sdk';
import { parseStratification } from './stratification.js';
import { stratifiedRecords } from './stratified-records.js';
import { stratify } from './stratify.js';

const LABELS = 20;
/** Labels of very different frequency, the rarest with four examples; some images have none. */
const examples = (count: number): number[][] => {
  const random = hostRandom(keyOf(5, 'stratify test'));
  return Array.from({ length: count }, (_, example) =>
    Array.from({ length: LABELS }, (_unused, label) => label).filter((label) =>
      label === LABELS - 1 ? example % Math.floor(count / 4) === 0 : random.uniform() < 0.5 / (label + 1),
    ),
  );
};

const countOf = (labelsOf: readonly (readonly number[])[], choice: Uint32Array, part: number, label: number) =>
  labelsOf.filter((labels, example) => choice[example] === part && labels.includes(label)).length;

describe('stratify', () => {
  const labelsOf = examples(1000);

  it('gives every part its share of the images and of every label, the rarest too', () => {
    const shares = [0.7, 0.2, 0.1];
    const choice = stratify(labelsOf, LABELS, shares, 0);
    shares.forEach((share, part) => {
      expect(Math.abs(choice.filter((one) => one === part).length - 1000 * share)).toBeLessThanOrEqual(10);
      for (let label = 0; label < LABELS; label += 1) {
        const all = labelsOf.filter((labels) => labels.includes(label)).length;
        const deviation = Math.abs(countOf(labelsOf, choice, part, label) - all * share);
        expect(deviation).toBeLessThanOrEqual(Math.max(2, 0.05 * all));
      }
    });
  });

  it('is closer to the shares than chance', () => {
    const total = (choice: Uint32Array) =>
      Array.from({ length: LABELS }, (_, label) => {
        const all = labelsOf.filter((labels) => labels.includes(label)).length;
        return Math.abs(countOf(labelsOf, choice, 1, label) - all / 5) / all;
      }).reduce((sum, one) => sum + one, 0);
    const random = hostRandom(keyOf(1, 'chance'));
    const chance = Uint32Array.from(labelsOf, () => (random.uniform() < 0.2 ? 1 : 0));
    expect(total(stratify(labelsOf, LABELS, [0.8, 0.2], 3))).toBeLessThan(0.25 * total(chance));
  });

  it('puts a label with as many examples as parts into every part', () => {
    const choice = stratify([[0], [], [0], [1], [1], []], 2, [1, 1], 0);
    for (const label of [0, 1]) {
      expect([0, 1].map((part) => countOf([[0], [], [0], [1], [1], []], choice, part, label))).toEqual([1, 1]);
    }
  });

  it('is decided by the seed', () => {
    expect(stratify(labelsOf, LABELS, [0.8, 0.2], 7)).toEqual(stratify(labelsOf, LABELS, [0.8, 0.2], 7));
    expect(stratify(labelsOf, LABELS, [0.8, 0.2], 7)).not.toEqual(stratify(labelsOf, LABELS, [0.8, 0.2], 8));
  });
});

describe('stratifiedRecords', () => {
  async function* recordsOf(...images: readonly Omit<Extract<ImportRecord, { kind: 'image' }>, 'kind'>[]) {
    await Promise.resolve();
    for (const name of ['cat', 'dog']) yield { kind: 'label' as const, name };
    yield { kind: 'warning' as const, message: 'odd' };
    for (const image of images) yield { kind: 'image' as const, ...image };
  }
  const half = parseStratification({ parts: [{ split: 'train', part: 1 }, { split: 'validation', part: 1 }] }); // prettier-ignore
  const collect = async (records: AsyncIterable<ImportRecord>): Promise<ImportRecord[]> => {
    const all: ImportRecord[] = [];
    for await (const record of stratifiedRecords(records, half)) all.push(record);
    return all;
  };

  it('names the splits, and keeps an image that is listed twice in one of them', async () => {
    const cat = { path: 'a.jpg', split: 'train', labels: ['cat'] };
    const records = await collect(
      recordsOf(cat, { ...cat, path: './a.jpg', labels: ['dog'] }, { ...cat, path: 'b.jpg', labels: ['cat', 'dog'] }),
    );
    expect(records.slice(0, 3).map(({ kind }) => kind)).toEqual(['label', 'label', 'warning']);
    const splits = records.flatMap((record) => (record.kind === 'image' ? [record.split] : []));
    expect(splits[0]).toBe(splits[1]);
    expect(new Set(splits)).toEqual(new Set(['train', 'validation']));
  });

  it('refuses annotations that give splits, and too few images', async () => {
    const given = recordsOf({ path: 'a', split: 'train', labels: [] }, { path: 'b', split: 'test', labels: [] });
    await expect(collect(given)).rejects.toThrow(/the annotations give the splits train, test/);
    await expect(collect(recordsOf({ path: 'a', split: 'train', labels: [] }))).rejects.toThrow(/1 images cannot be/);
  });

  it.each([
    [{ parts: [{ split: 'train', part: 1 }] }, /expected a list of objects with split, part, at least 2 of them/],
    [{ parts: [{ split: 'a', part: 1 }, { split: 'a', part: 1 }] }, /expected each split once/], // prettier-ignore
    [{ parts: [{ split: 'a', part: 0 }, { split: 'b', part: 1 }] }, /stratify.parts.0.part/], // prettier-ignore
  ])('refuses %j', (input, expected) => {
    expect(() => parseStratification(input)).toThrow(expected);
  });
});
