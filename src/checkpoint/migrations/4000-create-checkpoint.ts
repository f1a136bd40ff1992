import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import {
  idColumn,
  jsonColumn,
  largeIntegerColumn,
  referenceColumn,
  timestampColumn,
  wordColumn,
} from '../../database/index.js';

const nullable = { isNullable: true };
const whole = (name: string): TableColumnOptions => ({ name, type: 'integer' });

const checkpoint = new Table({
  name: 'checkpoint',
  columns: [
    idColumn(),
    referenceColumn('runId', nullable),
    referenceColumn('pipelineId', nullable),
    referenceColumn('datasetId', nullable),
    wordColumn('kind'),
    wordColumn('status'),
    whole('epoch'),
    whole('step'),
    jsonColumn('labels'),
    jsonColumn('thresholds'),
    wordColumn('predicts'),
    jsonColumn('metrics'),
    largeIntegerColumn('bytes'),
    { name: 'manifestSha256', type: 'varchar', length: '64' },
    timestampColumn('createdAt'),
  ],
  indices: [{ name: 'checkpoint_run', columnNames: ['runId', 'kind'] }],
});

const checkpointAlias = new Table({
  name: 'checkpoint_alias',
  columns: [
    { name: 'name', type: 'varchar', length: '64', isPrimary: true },
    referenceColumn('checkpointId'),
    timestampColumn('updatedAt'),
  ],
  indices: [{ name: 'checkpoint_alias_checkpoint', columnNames: ['checkpointId'] }],
  foreignKeys: [{ columnNames: ['checkpointId'], referencedTableName: 'checkpoint', referencedColumnNames: ['id'] }],
});

const tables = [checkpoint, checkpointAlias];

/** Records of checkpoint folders, and the names that point at them. */
export class CreateCheckpoint1000000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables.toReversed()) await runner.dropTable(table.name);
  }
}
