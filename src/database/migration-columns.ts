import type { TableColumnOptions } from 'typeorm';

/** Columns of migrations, one for each column decorator of `columns.ts`: the two must say the same (the drift test checks). */
interface Nullable {
  readonly isNullable?: boolean;
}

/** For `@IdColumn()`. */
export function idColumn(name = 'id'): TableColumnOptions {
  return { name, type: 'varchar', length: '36', isPrimary: true };
}

/** For `@ReferenceColumn()`. */
export function referenceColumn(name: string, { isNullable = false }: Nullable = {}): TableColumnOptions {
  return { name, type: 'varchar', length: '36', isNullable };
}

/** For `@TimestampColumn()`. */
export function timestampColumn(name: string, { isNullable = false }: Nullable = {}): TableColumnOptions {
  return { name, type: 'bigint', isNullable };
}

/** For `@LargeIntegerColumn()`. */
export function largeIntegerColumn(name: string, { isNullable = false }: Nullable = {}): TableColumnOptions {
  return { name, type: 'bigint', isNullable };
}

/** For `@JsonColumn()`. */
export function jsonColumn(name: string, { isNullable = false }: Nullable = {}): TableColumnOptions {
  return { name, type: 'text', isNullable };
}

/** For `@WordColumn()`. */
export function wordColumn(name: string, { isNullable = false }: Nullable = {}): TableColumnOptions {
  return { name, type: 'varchar', length: '64', isNullable };
}
