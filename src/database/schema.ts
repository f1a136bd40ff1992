import type { MigrationInterface } from 'typeorm';

type Class<T> = new (...args: never[]) => T;

/** The entities and migrations of one feature, or of the whole platform. */
export interface DatabaseSchema {
  readonly entities: readonly Class<object>[];
  /** Classes whose names end with 13 digits: they run in that order. */
  readonly migrations: readonly Class<MigrationInterface>[];
}

/** The schemas of several features as one. */
export function mergeSchemas(...schemas: readonly DatabaseSchema[]): DatabaseSchema {
  return {
    entities: schemas.flatMap(({ entities }) => entities),
    migrations: schemas.flatMap(({ migrations }) => migrations),
  };
}
