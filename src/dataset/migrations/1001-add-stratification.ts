import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { jsonColumn } from '../../database/index.js';

/** How a dataset without splits was dealt out; null for those whose annotations give splits. */
export class AddStratification1000000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('dataset', new TableColumn(jsonColumn('stratification', { isNullable: true })));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('dataset', 'stratification');
  }
}
