import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { joinPath, splitName } from '../paths.js';
import { type CocoFile, readCocoFile } from './coco-file.js';

/** Which entries count; shared by the importers of this format. */
export const cocoEntryOptions = {
  crowds: z
    .boolean()
    .default(true)
    .describe('Whether annotations marked iscrowd give their label, as in the official Query2Label code'),
  imagesWithoutLabels: z
    .boolean()
    .default(true)
    .describe('Whether images without any annotation are part of the split, as in the official Query2Label code'),
};

const options = z.strictObject({
  splits: z
    .array(
      z.strictObject({
        split: splitName.describe('Name of the split, for example train or validation'),
        annotations: z.string().min(1).describe('Instances JSON file, below the imported folder'),
        images: z
          .string()
          .default('')
          .describe('Folder that the file names are relative to, below the imported folder'),
      }),
    )
    .min(1)
    .describe('The annotation file and the image folder of each split'),
  ...cocoEntryOptions,
});
type Options = z.output<typeof options>;

/** COCO instances JSON. The labels of an image are the categories of its annotations; labels keep the order of the file. */
@Importer({ name: 'coco', description: 'COCO instances JSON files, one for each split', options })
export class CocoImporter implements ImporterProvider<Options> {
  async *read({ splits, crowds, imagesWithoutLabels }: Options, source: ImportSource): AsyncGenerator<ImportRecord> {
    const announced = new Map<number, string>();
    for (const { split, annotations, images } of splits) {
      const file = await readCocoFile(source.openText(annotations), annotations, crowds);
      yield* newLabels(file, annotations, announced);
      if (file.strayAnnotations > 0) {
        const message = `${annotations}: annotations of ${file.strayAnnotations} images that the file does not list`;
        yield { kind: 'warning', message };
      }
      for (const image of file.images()) {
        if (image.categories.length === 0 && !imagesWithoutLabels) continue;
        const labels = image.categories.map((category) => labelOf(file, category, annotations, image.id));
        yield { kind: 'image', path: joinPath(images, image.fileName), split, labels, externalId: image.id };
      }
    }
  }
}

function* newLabels(file: CocoFile, name: string, announced: Map<number, string>): Generator<ImportRecord> {
  for (const [id, label] of file.categories) {
    const earlier = announced.get(id);
    if (earlier !== undefined && earlier !== label) {
      throw new Error(
        `${name}: category ${id} is "${label}" here and "${earlier}" in an earlier file; expected the same.`,
      );
    }
    if (earlier !== undefined) continue;
    announced.set(id, label);
    yield { kind: 'label', name: label, externalId: String(id) };
  }
}

function labelOf({ categories }: CocoFile, category: number, name: string, imageId: string): string {
  const label = categories.get(category);
  if (label !== undefined) return label;
  const known = [...categories.keys()];
  throw new Error(
    `${name}: an annotation of image ${imageId} has category_id ${category}; expected one of ${known.length} ids, ` +
      `${Math.min(...known)} to ${Math.max(...known)}.`,
  );
}
