import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  type TableForeignKeyOptions,
  type TableIndexOptions,
} from 'typeorm';
import {
  idColumn,
  jsonColumn,
  largeIntegerColumn,
  referenceColumn,
  timestampColumn,
  wordColumn,
} from '../../database/index.js';

const nullable = { isNullable: true };

function whole(name: string, options: { isNullable?: boolean } = {}): TableColumnOptions {
  return { name, type: 'integer', ...options };
}

function text(name: string, length: number, options: { isNullable?: boolean } = {}): TableColumnOptions {
  return { name, type: 'varchar', length: String(length), ...options };
}

function index(name: string, columnNames: string[], isUnique = false): TableIndexOptions {
  return { name, columnNames, isUnique };
}

function ownedBy(referencedTableName: string, column: string): TableForeignKeyOptions {
  return { columnNames: [column], referencedTableName, referencedColumnNames: ['id'], onDelete: 'CASCADE' };
}

const dataset = new Table({
  name: 'dataset',
  columns: [
    idColumn(),
    text('name', 200),
    wordColumn('importer'),
    jsonColumn('importerOptions'),
    wordColumn('folder'),
    text('path', 1024),
    wordColumn('status'),
    { name: 'problem', type: 'text', ...nullable },
    jsonColumn('report', nullable),
    text('contentHash', 64, nullable),
    whole('imageCount'),
    whole('generation'),
    timestampColumn('createdAt'),
    timestampColumn('updatedAt'),
  ],
  indices: [index('dataset_name', ['name'], true)],
});

const label = new Table({
  name: 'label',
  columns: [
    idColumn(),
    referenceColumn('datasetId'),
    whole('index'),
    text('name', 255),
    text('externalId', 255, nullable),
  ],
  indices: [
    index('label_dataset_index', ['datasetId', 'index'], true),
    index('label_dataset_name', ['datasetId', 'name'], true),
  ],
  foreignKeys: [ownedBy('dataset', 'datasetId')],
});

const image = new Table({
  name: 'image',
  columns: [
    idColumn(),
    referenceColumn('datasetId'),
    wordColumn('split'),
    text('path', 1024),
    whole('position'),
    whole('listings'),
    wordColumn('state'),
    { name: 'problem', type: 'text', ...nullable },
    text('sha256', 64, nullable),
    wordColumn('format', nullable),
    whole('width', nullable),
    whole('height', nullable),
    largeIntegerColumn('bytes', nullable),
    text('externalId', 255, nullable),
    whole('generation'),
  ],
  indices: [
    index('image_dataset_split_path', ['datasetId', 'split', 'path'], true),
    index('image_dataset_split_position', ['datasetId', 'split', 'position']),
    index('image_dataset_state', ['datasetId', 'state']),
    index('image_sha256', ['sha256']),
  ],
  foreignKeys: [ownedBy('dataset', 'datasetId')],
});

const imageLabel = new Table({
  name: 'image_label',
  columns: [
    { ...referenceColumn('imageId'), isPrimary: true },
    { ...whole('labelIndex'), isPrimary: true },
    whole('value'),
  ],
  indices: [index('image_label_label', ['labelIndex', 'imageId'])],
  foreignKeys: [ownedBy('image', 'imageId')],
});

const upload = new Table({
  name: 'upload',
  columns: [
    idColumn(),
    text('sha256', 64),
    wordColumn('format'),
    whole('width'),
    whole('height'),
    largeIntegerColumn('bytes'),
    timestampColumn('createdAt'),
  ],
  indices: [index('upload_sha256', ['sha256'])],
});

const tables = [dataset, label, image, imageLabel, upload];

/** Datasets, their labels and images, and uploads. */
export class CreateDataset1000000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables.toReversed()) await runner.dropTable(table.name);
  }
}
