import { Query2LabelPlugin } from '@query2label/sdk';
import { CocoReleaseImporter } from './coco/coco-release.importer.js';
import { CocoImporter } from './coco/coco.importer.js';
import { FolderImporter } from './folder/folder.importer.js';
import { NusWideImporter } from './nus-wide/nus-wide.importer.js';
import { CsvImporter } from './table/csv.importer.js';
import { JsonLinesImporter } from './table/jsonl.importer.js';
import { VisualGenomeImporter } from './visual-genome/visual-genome.importer.js';
import { VocImporter } from './voc/voc.importer.js';

/** Reads the usual formats of multi-label annotations, and the data sets of the papers in the layouts of their authors. */
@Query2LabelPlugin({
  name: 'importers',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Dataset importers: COCO, PASCAL VOC, NUS-WIDE, Visual Genome 500, CSV, JSON Lines, a folder per label',
  providers: [
    CocoImporter,
    CocoReleaseImporter,
    VocImporter,
    NusWideImporter,
    VisualGenomeImporter,
    CsvImporter,
    JsonLinesImporter,
    FolderImporter,
  ],
})
export default class ImportersPlugin {}
export { CocoImporter, CocoReleaseImporter, CsvImporter, FolderImporter, JsonLinesImporter };
export { NusWideImporter, VisualGenomeImporter, VocImporter };
