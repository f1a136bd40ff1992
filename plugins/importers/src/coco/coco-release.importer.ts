import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { joinPath } from '../paths.js';
import { cocoEntryOptions, CocoImporter } from './coco.importer.js';

const options = z.strictObject({
  year: z.literal([2014, 2017]).default(2014).describe('Release: 2014 is what the papers report on'),
  folder: z
    .string()
    .default('')
    .describe('Folder that holds annotations/ and the image folders, below the imported folder'),
  ...cocoEntryOptions,
});
type Options = z.output<typeof options>;

/**
 * MS-COCO as its authors distribute it: `annotations/instances_{train,val}<year>.json`, `train<year>/`, `val<year>/`. The
 * defaults are those of the official Query2Label code: crowds count, images without objects stay.
 */
@Importer({
  name: 'mscoco',
  description: 'MS-COCO 2014 or 2017 in the folder layout of its authors: splits train and validation',
  options,
})
export class CocoReleaseImporter implements ImporterProvider<Options> {
  read({ year, folder, ...entries }: Options, source: ImportSource): AsyncIterable<ImportRecord> {
    const part = (split: string, name: string) => ({
      split,
      annotations: joinPath(folder, 'annotations', `instances_${name}${year}.json`),
      images: joinPath(folder, `${name}${year}`),
    });
    const splits = [part('train', 'train'), part('validation', 'val')];
    return new CocoImporter().read({ splits, ...entries }, source);
  }
}
