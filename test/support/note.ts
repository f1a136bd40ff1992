import { Column, Entity, type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { newIdentifier } from '../../src/common/identifiers.js';
import {
  type DatabaseSchema,
  idColumn,
  IdColumn,
  jsonColumn,
  JsonColumn,
  timestampColumn,
  TimestampColumn,
} from '../../src/database/index.js';

/** A table for tests of the database room itself. */
@Entity()
export class Note {
  @IdColumn()
  id: string;

  @Column({ type: 'text' })
  text: string;

  @TimestampColumn()
  writtenAt: Date;

  @JsonColumn({ nullable: true })
  details: object | null;
}

class CreateNote1000000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const columns = [
      idColumn(),
      { name: 'text', type: 'text' },
      timestampColumn('writtenAt'),
      jsonColumn('details', { isNullable: true }),
    ];
    await runner.createTable(new Table({ name: 'note', columns }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('note');
  }
}

export const noteSchema: DatabaseSchema = { entities: [Note], migrations: [CreateNote1000000009000] };

/** A note that is ready to be stored. */
export function note(text: string, writtenAt = new Date(), details: object | null = null): Note {
  return Object.assign(new Note(), { id: newIdentifier(), text, writtenAt, details });
}
