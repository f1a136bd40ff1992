import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  type TableForeignKeyOptions,
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
const whole = (name: string): TableColumnOptions => ({ name, type: 'integer' });
const real = (name: string): TableColumnOptions => ({ name, type: 'double precision', ...nullable });
const pointsAt = (table: string, column: string): TableForeignKeyOptions => ({
  columnNames: [column],
  referencedTableName: table,
  referencedColumnNames: ['id'],
});
const ofRun: TableForeignKeyOptions = { ...pointsAt('training_run', 'runId'), onDelete: 'CASCADE' };

const trainingRun = new Table({
  name: 'training_run',
  columns: [
    idColumn(),
    referenceColumn('pipelineId'),
    referenceColumn('datasetId'),
    jsonColumn('recipe'),
    wordColumn('status'),
    wordColumn('requested', nullable),
    referenceColumn('leaseToken', nullable),
    timestampColumn('leaseExpiresAt', nullable),
    referenceColumn('workerId', nullable),
    whole('interruptions'),
    timestampColumn('nextTryAt', nullable),
    { name: 'problem', type: 'text', ...nullable },
    whole('epoch'),
    largeIntegerColumn('step'),
    largeIntegerColumn('totalSteps', nullable),
    real('loss'),
    real('bestMetric'),
    largeIntegerColumn('lastEvent'),
    timestampColumn('createdAt'),
    timestampColumn('startedAt', nullable),
    timestampColumn('finishedAt', nullable),
  ],
  indices: [{ name: 'training_run_status', columnNames: ['status'] }],
  foreignKeys: [pointsAt('pipeline', 'pipelineId'), pointsAt('dataset', 'datasetId')],
});

const runTransition = new Table({
  name: 'run_transition',
  columns: [
    idColumn(),
    referenceColumn('runId'),
    wordColumn('from', nullable),
    wordColumn('to'),
    { name: 'cause', type: 'text' },
    referenceColumn('workerId', nullable),
    timestampColumn('at'),
  ],
  indices: [{ name: 'run_transition_run', columnNames: ['runId', 'id'] }],
  foreignKeys: [ofRun],
});

const metricPoint = new Table({
  name: 'metric_point',
  columns: [
    idColumn(),
    referenceColumn('runId'),
    whole('epoch'),
    whole('step'),
    wordColumn('weights'),
    wordColumn('split'),
    wordColumn('name'),
    real('value'),
    jsonColumn('perLabel', nullable),
    timestampColumn('at'),
  ],
  indices: [{ name: 'metric_point_run', columnNames: ['runId', 'epoch', 'weights', 'name'], isUnique: true }],
  foreignKeys: [ofRun],
});

const runEvent = new Table({
  name: 'run_event',
  columns: [
    { ...referenceColumn('runId'), isPrimary: true },
    { ...whole('sequence'), isPrimary: true },
    wordColumn('type'),
    jsonColumn('payload'),
    timestampColumn('at'),
  ],
  foreignKeys: [ofRun],
});

const tables = [trainingRun, runTransition, metricPoint, runEvent];

/** Runs, the history of their states, their figures and their events. */
export class CreateTraining1000000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables.toReversed()) await runner.dropTable(table.name);
  }
}
