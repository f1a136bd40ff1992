import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { type NumberedLine, numberedLines } from '../numbered-lines.js';
import { joinPath } from '../paths.js';
import { zipLines } from './zip-lines.js';

const options = z.strictObject({
  folder: z
    .string()
    .default('')
    .describe('Folder that holds ConceptsList/, ImageList/, Groundtruth/ and the images, below the imported folder'),
  images: z.string().default('Flickr').describe('Folder of the images below that folder'),
  imagesWithoutLabels: z
    .boolean()
    .default(false)
    .describe(
      'Whether images without any of the concepts are part of the splits. The figures of the papers (125,449 for training, ' +
        '83,898 for testing) are without them',
    ),
});
type Options = z.output<typeof options>;

const PARTS = [
  { split: 'train', part: 'Train' },
  { split: 'test', part: 'Test' },
] as const;

/**
 * NUS-WIDE as its authors distribute it: `ConceptsList/Concepts81.txt`, `ImageList/{Train,Test}Imagelist.txt`, and for each concept a
 * list of zeros and ones, `Groundtruth/TrainTestLabels/Labels_<concept>_{Train,Test}.txt`.
 */
@Importer({ name: 'nus-wide', description: 'NUS-WIDE with its image lists and label lists, 81 concepts', options })
export class NusWideImporter implements ImporterProvider<Options> {
  async *read({ folder, images, imagesWithoutLabels }: Options, source: ImportSource): AsyncGenerator<ImportRecord> {
    const concepts = await conceptsOf(source, joinPath(folder, 'ConceptsList/Concepts81.txt'));
    for (const name of concepts) yield { kind: 'label', name };
    for (const { split, part } of PARTS) {
      const files = [
        joinPath(folder, 'ImageList', `${part}Imagelist.txt`),
        ...concepts.map((name) => joinPath(folder, 'Groundtruth/TrainTestLabels', `Labels_${name}_${part}.txt`)),
      ];
      for await (const [image, ...flags] of zipLines(source, files)) {
        const labels = concepts.filter((_, index) => isPresent(flags[index], files[index + 1]));
        if (labels.length === 0 && !imagesWithoutLabels) continue;
        yield { kind: 'image', path: joinPath(folder, images, image.text), split, labels };
      }
    }
  }
}

async function conceptsOf(source: ImportSource, file: string): Promise<readonly string[]> {
  const concepts: string[] = [];
  for await (const { text, line } of numberedLines(source, file)) {
    if (!/^[\w-]+$/.test(text) || concepts.includes(text)) {
      throw new Error(`${file}, line ${line}: received ${JSON.stringify(text)}; expected one word, each once.`);
    }
    concepts.push(text);
  }
  if (concepts.length === 0) throw new Error(`${file}: empty; expected a concept on each line.`);
  return concepts;
}

function isPresent({ text, line }: NumberedLine, file: string): boolean {
  if (text === '0' || text === '1') return text === '1';
  throw new Error(`${file}, line ${line}: received ${JSON.stringify(text.slice(0, 40))}; expected 0 or 1.`);
}
