import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { jsonColumn, referenceColumn, timestampColumn } from '../../database/index.js';

const worker = new Table({
  name: 'training_worker',
  columns: [
    { ...referenceColumn('id'), isPrimary: true },
    jsonColumn('labels'),
    { name: 'concurrency', type: 'integer' },
    timestampColumn('seenAt'),
  ],
});

/**
 * Leases that are judged by their renewals instead of a time of day, transitions in the order of the events, and the workers that live.
 * Plain ALTER TABLE: TypeORM would copy the whole table on SQLite.
 */
export class LeasesByRenewal1000000003100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "training_run" DROP COLUMN "leaseExpiresAt"');
    await runner.query('ALTER TABLE "training_run" ADD COLUMN "leaseMilliseconds" integer');
    await runner.query('ALTER TABLE "training_run" ADD COLUMN "leaseRenewals" integer NOT NULL DEFAULT (0)');
    await runner.query('ALTER TABLE "run_transition" ADD COLUMN "sequence" integer NOT NULL DEFAULT (0)');
    await runner.createTable(worker.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('training_worker');
    await runner.query('ALTER TABLE "run_transition" DROP COLUMN "sequence"');
    await runner.query('ALTER TABLE "training_run" DROP COLUMN "leaseRenewals"');
    await runner.query('ALTER TABLE "training_run" DROP COLUMN "leaseMilliseconds"');
    await runner.query('ALTER TABLE "training_run" ADD COLUMN "leaseExpiresAt" bigint');
  }
}
