import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { idColumn, jsonColumn, referenceColumn, timestampColumn } from '../../database/index.js';

const ablation = new Table({
  name: 'ablation',
  columns: [
    idColumn(),
    { name: 'name', type: 'varchar', length: '200' },
    referenceColumn('datasetId'),
    jsonColumn('axes'),
    jsonColumn('seeds'),
    { name: 'metric', type: 'varchar', length: '64' },
    jsonColumn('cells'),
    timestampColumn('createdAt'),
  ],
  foreignKeys: [{ columnNames: ['datasetId'], referencedTableName: 'dataset', referencedColumnNames: ['id'] }],
});

/** Which runs belong to an ablation. */
export class CreateAblation1000000003050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(ablation.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(ablation.name);
  }
}
