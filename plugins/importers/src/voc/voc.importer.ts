import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { type NumberedLine, numberedLines } from '../numbered-lines.js';
import { joinPath, splitName } from '../paths.js';
import { readVocAnnotation, type VocObject } from './voc-annotation.js';
import { VOC_LABELS } from './voc-labels.js';

/** The official lists that are taken where none are named; the annotations of the 2012 test set are not public. */
const SPLITS = {
  2007: [
    { split: 'train', list: 'trainval' },
    { split: 'test', list: 'test' },
  ],
  2012: [
    { split: 'train', list: 'train' },
    { split: 'validation', list: 'val' },
  ],
} as const;

const options = z.strictObject({
  year: z.literal([2007, 2012]).default(2007).describe('Release'),
  folder: z
    .string()
    .optional()
    .describe('Folder with Annotations/, ImageSets/ and JPEGImages/; by default VOCdevkit/VOC<year>'),
  splits: z
    .array(
      z.strictObject({
        split: splitName.describe('Name of the split, for example train or test'),
        list: z
          .string()
          .regex(/^[\w-]+$/)
          .describe('Official list ImageSets/Main/<list>.txt, for example trainval'),
      }),
    )
    .min(1)
    .optional()
    .describe('Lists to take; by default trainval and test of 2007, train and val of 2012'),
  difficult: z
    .enum(['unknown', 'present', 'absent'])
    .default('unknown')
    .describe(
      'A label of which all objects are marked difficult. unknown: counts neither way, as in the official evaluation',
    ),
});
type Options = z.output<typeof options>;

/** PASCAL VOC 2007 and 2012 as their authors distribute them: the labels of an image are the classes of its objects. */
@Importer({ name: 'voc', description: 'PASCAL VOC 2007 or 2012 with its XML annotations and split lists', options })
export class VocImporter implements ImporterProvider<Options> {
  async *read(settings: Options, source: ImportSource): AsyncGenerator<ImportRecord> {
    const { year, folder = `VOCdevkit/VOC${year}`, splits = SPLITS[year], difficult } = settings;
    for (const name of VOC_LABELS) yield { kind: 'label', name };
    for (const { split, list } of splits) {
      const listFile = joinPath(folder, 'ImageSets/Main', `${list}.txt`);
      for await (const entry of numberedLines(source, listFile)) {
        const id = imageId(entry, listFile);
        const objects = await objectsOf(source, joinPath(folder, 'Annotations', `${id}.xml`), entry, listFile);
        const path = joinPath(folder, 'JPEGImages', `${id}.jpg`);
        yield { kind: 'image', path, split, externalId: id, ...labelsOf(objects, difficult) };
      }
    }
  }
}

/** Lists of one class have a second column, which says less than the annotations do. */
function imageId({ text, line }: NumberedLine, file: string): string {
  const [id, flag, ...rest] = text.split(/\s+/);
  const known = flag === undefined || ['-1', '0', '1'].includes(flag);
  if (/^[\w-]+$/.test(id) && known && rest.length === 0) return id;
  throw new Error(`${file}, line ${line}: received ${JSON.stringify(text.slice(0, 60))}; expected the id of an image.`);
}

async function objectsOf(
  source: ImportSource,
  file: string,
  { line }: NumberedLine,
  listFile: string,
): Promise<VocObject[]> {
  if (!(await source.exists(file))) {
    throw new Error(
      `${listFile}, line ${line}: there is no ${file}. Name lists in the option "splits" whose annotations are there.`,
    );
  }
  const objects = await readVocAnnotation(source.openText(file), file);
  const labels: readonly string[] = VOC_LABELS;
  for (const { name, line: place } of objects) {
    if (!labels.includes(name)) {
      throw new Error(`${file}, line ${place}: an object is a "${name}"; expected one of ${labels.join(', ')}.`);
    }
  }
  return objects;
}

function labelsOf(
  objects: readonly VocObject[],
  difficult: Options['difficult'],
): { readonly labels: string[]; readonly unknownLabels: string[] } {
  const counts = objects.filter((object) => !object.difficult || difficult === 'present');
  const labels = new Set(counts.map(({ name }) => name));
  const others = objects.map(({ name }) => name).filter((name) => !labels.has(name));
  return { labels: [...labels], unknownLabels: difficult === 'unknown' ? [...new Set(others)] : [] };
}
