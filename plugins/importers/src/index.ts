import { Query2LabelPlugin } from '@query2label/sdk';
import { CocoImporter } from './coco/coco.importer.js';
import { FolderImporter } from './folder/folder.importer.js';
import { CsvImporter } from './table/csv.importer.js';
import { JsonLinesImporter } from './table/jsonl.importer.js';

/** Reads the usual formats of multi-label annotations. */
@Query2LabelPlugin({
  name: 'importers',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Dataset importers: COCO instances JSON, CSV, JSON Lines, and a folder per label',
  providers: [CocoImporter, CsvImporter, JsonLinesImporter, FolderImporter],
})
export default class ImportersPlugin {}
export { CocoImporter, CsvImporter, FolderImporter, JsonLinesImporter };
