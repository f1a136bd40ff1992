import { describe, expect, it } from '@jest/globals';
import { collect, folderOf } from '../testing/folder-source.js';
import { NusWideImporter } from './nus-wide.importer.js';

const flags = (concept: string, part: string) => `Groundtruth/TrainTestLabels/Labels_${concept}_${part}.txt`;
const FILES = {
  'ConceptsList/Concepts81.txt': 'airport\nanimal\n',
  'ImageList/TrainImagelist.txt': 'actor\\0001_21.jpg\r\nzoo\\0002_22.jpg\r\nzoo\\0003_23.jpg\r\n',
  'ImageList/TestImagelist.txt': 'zoo\\0004_24.jpg\n',
  [flags('airport', 'Train')]: '1\r\n0\r\n0\r\n',
  [flags('animal', 'Train')]: '1\n0\n1\n',
  [flags('airport', 'Test')]: '0\n',
  [flags('animal', 'Test')]: '1',
};
const options = { folder: '', images: 'Flickr', imagesWithoutLabels: false };

async function read(changes: Readonly<Record<string, string>> = {}, settings: object = {}) {
  const source = await folderOf({ ...FILES, ...changes });
  return collect(new NusWideImporter().read({ ...options, ...settings }, source));
}

describe('nus-wide importer', () => {
  it('joins the image lists with the lists of the concepts', async () => {
    const image = (path: string, split: string, labels: string[]) => ({ kind: 'image', path, split, labels });
    const records = [
      { kind: 'label', name: 'airport' },
      { kind: 'label', name: 'animal' },
      image('Flickr/actor/0001_21.jpg', 'train', ['airport', 'animal']),
      image('Flickr/zoo/0003_23.jpg', 'train', ['animal']),
      image('Flickr/zoo/0004_24.jpg', 'test', ['animal']),
    ];
    expect(await read()).toEqual(records);
    const withEmpty = records.toSpliced(3, 0, image('Flickr/zoo/0002_22.jpg', 'train', []));
    expect(await read({}, { imagesWithoutLabels: true })).toEqual(withEmpty);
  });

  it.each([
    [
      'a list that is shorter',
      { [flags('animal', 'Train')]: '1\n0\n' },
      /Labels_animal_Train.txt: ends after 2 lines, but ImageList\/TrainImagelist.txt goes on/,
    ],
    [
      'a list that is longer',
      { [flags('airport', 'Test')]: '0\n1\n' },
      /ImageList\/TestImagelist.txt: ends after 1 lines, but Groundtruth\/TrainTestLabels\/Labels_airport_Test.txt goes on/,
    ],
    [
      'another value',
      { [flags('animal', 'Train')]: '1\n2\n1\n' },
      /Labels_animal_Train.txt, line 2: received "2"; expected 0 or 1/,
    ],
    [
      'a concept that is a path',
      { 'ConceptsList/Concepts81.txt': 'animal\n../x\n' },
      /Concepts81.txt, line 2: received "..\/x"/,
    ],
    [
      'a concept that is listed twice',
      { 'ConceptsList/Concepts81.txt': 'animal\nanimal\n' },
      /line 2: received "animal"/,
    ],
    ['no concepts', { 'ConceptsList/Concepts81.txt': '\n' }, /Concepts81.txt: empty/],
  ])('refuses %s with file and line', async (_case, changes, message) => {
    await expect(read(changes)).rejects.toThrow(message);
  });
});
