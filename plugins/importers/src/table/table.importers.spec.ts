import { describe, expect, it } from '@jest/globals';
import { componentMetadataOf, type ImportRecord } from '@query2label/sdk';
import { collect, folderOf } from '../testing/folder-source.js';
import { CsvImporter } from './csv.importer.js';
import { JsonLinesImporter } from './jsonl.importer.js';

const importers = { csv: new CsvImporter(), jsonl: new JsonLinesImporter() };

async function read(kind: keyof typeof importers, content: string, changes: object = {}): Promise<ImportRecord[]> {
  const importer = importers[kind];
  const options = componentMetadataOf(importer.constructor)?.options.parse({ file: 'rows', ...changes });
  return collect(
    importer.read(
      options as Parameters<typeof importer.read>[0] & { delimiter: string },
      await folderOf({ rows: content }),
    ),
  );
}

const expected: ImportRecord[] = [
  { kind: 'label', name: 'cat' },
  { kind: 'label', name: 'red dog' },
  { kind: 'image', path: 'a.jpg', split: 'train', labels: ['cat', 'red dog'], unknownLabels: [] },
  { kind: 'image', path: 'b,c.jpg', split: 'train', labels: [], unknownLabels: [] },
  { kind: 'label', name: 'bird' },
  { kind: 'image', path: 'd.jpg', split: 'train', labels: ['bird', 'cat'], unknownLabels: [] },
];

describe('csv importer', () => {
  it('reads labels of one column, quoted cells, a byte-order mark and Windows line ends', async () => {
    const text =
      '\ufeffimage,labels,note\r\na.jpg,cat|red dog,x\r\n"b,c.jpg",,"two\r\nlines"\r\n\r\nd.jpg, bird | cat | cat ,y\r\n';
    expect(await read('csv', text)).toEqual(expected);
  });

  it('takes columns, separators, splits and unknown labels from its options', async () => {
    const text = 'part;file;has;maybe\nval;1.png;x y;z\n';
    const options = {
      delimiter: ';',
      imageColumn: 'file',
      labelsColumn: 'has',
      unknownColumn: 'maybe',
      splitColumn: 'part',
      labelSeparator: ' ',
      images: 'photos/',
      labels: ['z', 'y', 'x'],
    };
    expect(await read('csv', text, options)).toEqual([
      ...['z', 'y', 'x'].map((name) => ({ kind: 'label', name })),
      { kind: 'image', path: 'photos/1.png', split: 'val', labels: ['x', 'y'], unknownLabels: ['z'] },
    ]);
  });

  it.each([
    [
      'a missing column',
      'file,labels\na.jpg,x\n',
      {},
      /rows, line 2: there is no column "image"; the columns are file, labels/,
    ],
    ['an empty path', 'image,labels\n,x\n', {}, /line 2: column "image": received ""/],
    ['a row of another length', 'image,labels\na.jpg\n', {}, /rows: not valid CSV: .*line 2/],
    ['a label that is not listed', 'image,labels\na,x\n', { labels: ['y'] }, /label "x" is not one of the 1 labels/],
    [
      'a split with a slash',
      'image,labels,s\na,x,../t\n',
      { splitColumn: 's' },
      /received split "..\/t" in column "s"/,
    ],
  ])('refuses %s', async (_case, text, changes, message) => {
    await expect(read('csv', text, changes)).rejects.toThrow(message);
  });
});

describe('jsonl importer', () => {
  it('reads lists and separated texts', async () => {
    const text = [
      '{"image":"a.jpg","labels":["cat","red dog"]}',
      '',
      '{"image":"b,c.jpg","labels":[]}',
      '{"image":"d.jpg","labels":"bird|cat"}',
    ].join('\n');
    expect(await read('jsonl', text)).toEqual(expected);
  });

  it.each([
    ['a broken line', '{"image":"a","labels":[]}\n{"image":', /rows, line 2: not valid JSON/],
    ['a line that is no object', '["a"]', /rows, line 1: received \["a"\]; expected a JSON object/],
    ['a label that is no text', '{"image":"a","labels":["x",3]}', /line 1: column "labels": received 3/],
    ['an endless line', `"${'x'.repeat(2 ** 21)}`, /a line is longer than/],
  ])('refuses %s', async (_case, text, message) => {
    await expect(read('jsonl', text)).rejects.toThrow(message);
  });
});
