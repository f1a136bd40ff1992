import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { idColumn, jsonColumn, timestampColumn } from '../../database/index.js';

const pipeline = new Table({
  name: 'pipeline',
  columns: [
    idColumn(),
    { name: 'name', type: 'varchar', length: '200' },
    { name: 'version', type: 'integer' },
    jsonColumn('definition'),
    { name: 'hash', type: 'varchar', length: '64' },
    timestampColumn('createdAt'),
  ],
  indices: [{ name: 'pipeline_name_version', columnNames: ['name', 'version'], isUnique: true }],
});

/** Named, versioned pipeline definitions. */
export class CreatePipeline1000000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(pipeline.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(pipeline.name);
  }
}
