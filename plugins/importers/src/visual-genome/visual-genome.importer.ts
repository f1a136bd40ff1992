import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { type NumberedLine, numberedLines } from '../numbered-lines.js';
import { joinPath } from '../paths.js';
import { readLabelIndex } from './label-index.js';

const options = z.strictObject({
  folder: z.string().default('').describe('Folder that holds the lists and the images, below the imported folder'),
  trainList: z.string().min(1).default('train_list_500.txt').describe('File names for training, one on each line'),
  testList: z.string().min(1).default('test_list_500.txt').describe('File names for testing, one on each line'),
  labelIndex: z
    .string()
    .min(1)
    .default('vg_category_500_labels_index.json')
    .describe('JSON object with the numbers of the labels of each file name'),
  names: z
    .string()
    .min(1)
    .optional()
    .describe('Text file with the name of a label on each line, in the order of their numbers; by default the numbers'),
  labelCount: z.int().min(1).max(100_000).default(500).describe('Number of labels, where no file of names says it'),
  images: z
    .array(z.string())
    .min(1)
    .default(['VG_100K', 'VG_100K_2'])
    .describe('Folders of the images, looked through in this order'),
});
type Options = z.output<typeof options>;

/** The 500 most frequent categories of Visual Genome with the lists published for semantic-specific graph learning (SSGRL). */
@Importer({ name: 'visual-genome-500', description: 'Visual Genome with the lists of its 500 categories', options })
export class VisualGenomeImporter implements ImporterProvider<Options> {
  async *read(settings: Options, source: ImportSource): AsyncGenerator<ImportRecord> {
    const { folder, trainList, testList, labelIndex } = settings;
    const names = await labelNames(settings, source);
    if (settings.names === undefined) {
      yield { kind: 'warning', message: 'no file of label names: labels are named by their numbers, from 0' };
    }
    for (const [index, name] of names.entries()) yield { kind: 'label', name, externalId: String(index) };
    const indexFile = joinPath(folder, labelIndex);
    const labelsOf = await readLabelIndex(source.openText(indexFile), indexFile);
    for (const { split, list } of [
      { split: 'train', list: joinPath(folder, trainList) },
      { split: 'test', list: joinPath(folder, testList) },
    ]) {
      for await (const entry of numberedLines(source, list)) {
        const numbers = labelsOf.get(entry.text);
        if (numbers === undefined) throw new Error(`${list}, line ${entry.line}: ${indexFile} has no "${entry.text}".`);
        const labels = numbers.map((number) => named(number, names, entry, indexFile));
        yield { kind: 'image', path: await pathOf(entry.text, settings, source), split, labels };
      }
    }
  }
}

async function labelNames({ folder, names, labelCount }: Options, source: ImportSource): Promise<readonly string[]> {
  if (names === undefined) return Array.from({ length: labelCount }, (_, index) => String(index));
  const file = joinPath(folder, names);
  const found = new Map<string, number>();
  for await (const { text, line } of numberedLines(source, file)) {
    const earlier = found.get(text);
    if (earlier !== undefined) throw new Error(`${file}, line ${line}: "${text}" is the label of line ${earlier} too.`);
    found.set(text, line);
  }
  return [...found.keys()];
}

function named(number: number, names: readonly string[], { text }: NumberedLine, file: string): string {
  const name = names[number];
  if (name !== undefined) return name;
  throw new Error(
    `${file}: "${text}" has the label ${number}; expected whole numbers from 0 to ${names.length - 1}, as there are ` +
      `${names.length} labels.`,
  );
}

/** The first folder that has the file; where none has it, the first one, so that the report says what is missing. */
async function pathOf(name: string, { folder, images }: Options, source: ImportSource): Promise<string> {
  for (const place of images) {
    const path = joinPath(folder, place, name);
    if (await source.exists(path)) return path;
  }
  return joinPath(folder, images[0], name);
}
