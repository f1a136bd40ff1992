import { describe, expect, it } from '@jest/globals';
import { componentMetadataOf, type ImportRecord } from '@query2label/sdk';
import { collect, folderOf } from '../testing/folder-source.js';
import { VocImporter } from './voc.importer.js';

const object = (name: string, difficult = 0, more = '') =>
  `  <object>\n    <name>${name}</name>\n    <pose>Left</pose>\n    <difficult>${difficult}</difficult>\n${more}` +
  '    <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>\n  </object>\n';
const annotation = (...objects: string[]) =>
  `<annotation>\n  <filename>x.jpg</filename>\n  <source><database>VOC &amp; co</database></source>\n${objects.join('')}</annotation>\n`;

const part = '    <part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>\n';
const replica = (year: number, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`VOCdevkit/VOC${year}/${path}`, content]));
const FILES = {
  'ImageSets/Main/trainval.txt': '000005\n000007\n',
  'ImageSets/Main/test.txt': '000001\r\n',
  'Annotations/000005.xml': annotation(object('chair'), object('chair', 1), object('dog', 1)),
  'Annotations/000007.xml': annotation(object('person', 0, part), object('car')),
  'Annotations/000001.xml': `<?xml version="1.0"?>${annotation(object('cat', 1), object('cat', 1))}`,
};

async function read(files: Readonly<Record<string, string>>, options: object = {}): Promise<ImportRecord[]> {
  const parsed = componentMetadataOf(VocImporter)?.options.parse(options);
  const importer = new VocImporter();
  return collect(importer.read(parsed as Parameters<typeof importer.read>[0], await folderOf(files)));
}

const images = (records: readonly ImportRecord[]) =>
  records.flatMap((record) =>
    record.kind === 'image' ? [[record.split, record.path, record.labels, record.unknownLabels]] : [],
  );

describe('voc importer', () => {
  it('takes the lists of 2007; labels with difficult objects only are unknown', async () => {
    const records = await read(replica(2007, FILES));
    expect(records.filter(({ kind }) => kind === 'label')).toHaveLength(20);
    expect(images(records)).toEqual([
      ['train', 'VOCdevkit/VOC2007/JPEGImages/000005.jpg', ['chair'], ['dog']],
      ['train', 'VOCdevkit/VOC2007/JPEGImages/000007.jpg', ['person', 'car'], []],
      ['test', 'VOCdevkit/VOC2007/JPEGImages/000001.jpg', [], ['cat']],
    ]);
  });

  it.each([
    ['present', ['chair', 'dog'], ['cat']],
    ['absent', ['chair'], []],
  ])('counts difficult objects as %s if told so', async (difficult, first, last) => {
    const found = images(await read(replica(2007, FILES), { difficult }));
    expect([found[0].slice(2), found[2].slice(2)]).toEqual([
      [first, []],
      [last, []],
    ]);
  });

  it('takes the lists of 2012, or those that are named, from another folder', async () => {
    const files = {
      'ImageSets/Main/train.txt': '2008_000002  1\n',
      'ImageSets/Main/val.txt': '2008_000003 -1\n',
      'Annotations/2008_000002.xml': annotation(object('tvmonitor')),
      'Annotations/2008_000003.xml': annotation(),
    };
    expect(images(await read(replica(2012, files), { year: 2012 }))).toEqual([
      ['train', 'VOCdevkit/VOC2012/JPEGImages/2008_000002.jpg', ['tvmonitor'], []],
      ['validation', 'VOCdevkit/VOC2012/JPEGImages/2008_000003.jpg', [], []],
    ]);
    const splits = [{ split: 'all', list: 'val' }];
    expect(images(await read(files, { year: 2012, folder: '', splits }))).toEqual([
      ['all', 'JPEGImages/2008_000003.jpg', [], []],
    ]);
  });

  const five = 'VOCdevkit/VOC2007/Annotations/000005.xml';
  it.each([
    [
      'XML that ends early',
      '<annotation>\n<object>\n',
      new RegExp(`${five}, line 3: not well-formed XML: unclosed tag`),
    ],
    ['another document', '<html/>', /000005.xml: the outermost element is <html>; expected <annotation>/],
    [
      'entities of its own',
      '<!DOCTYPE a [<!ENTITY x "dog">]>\n<annotation><object><name>&x;</name></object></annotation>',
      /000005.xml, line 1: a document type is not read/,
    ],
    [
      'an entity that is not declared',
      '<annotation><object><name>&x;</name></object></annotation>',
      /line 1: not well-formed XML: undefined entity/,
    ],
    [
      'a class that is none',
      annotation(object('unicorn')),
      /line 9: an object is a "unicorn"; expected one of aeroplane/,
    ],
    ['an object without name', '<annotation>\n<object/></annotation>', /line 2: an object has no <name>/],
    ['a flag that is none', annotation(object('dog', 7)), /line 7: received <difficult> "7"; expected 0 or 1/],
  ])('refuses %s with file and line', async (_case, content, message) => {
    await expect(read(replica(2007, { ...FILES, 'Annotations/000005.xml': content }))).rejects.toThrow(message);
  });

  it('refuses lists with other things than ids, or with images that have no annotation', async () => {
    const listed = (text: string) => read(replica(2007, { ...FILES, 'ImageSets/Main/trainval.txt': text }));
    await expect(listed('000005\n../../etc/passwd\n')).rejects.toThrow(/trainval.txt, line 2: received "..\/..\/etc/);
    await expect(listed('000005\n\n000009\n')).rejects.toThrow(/line 3: there is no .*000009.xml/);
  });
});
