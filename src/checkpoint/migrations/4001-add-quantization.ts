import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { jsonColumn, wordColumn } from '../../database/index.js';

/** How a checkpoint computes in 8 bits, null where that was never found; and whether it predicts so, null for float32. */
export class AddQuantization1000000004001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('checkpoint', new TableColumn(jsonColumn('quantization', { isNullable: true })));
    await runner.addColumn('checkpoint', new TableColumn(wordColumn('precision', { isNullable: true })));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('checkpoint', 'precision');
    await runner.dropColumn('checkpoint', 'quantization');
  }
}
