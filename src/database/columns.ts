import { Column, type ColumnOptions, PrimaryColumn, type ValueTransformer } from 'typeorm';

export interface NullableOption {
  /** Default false. */
  readonly nullable?: boolean;
}

/**
 * Primary key: a UUID of version 7 in text form. It is given by the code that makes the row (`newIdentifier()`),
 * so that its order is the order of creation and a row's id is known before it is stored.
 */
export function IdColumn(): PropertyDecorator {
  return PrimaryColumn({ type: 'varchar', length: 36 });
}

/** The id of another row. */
export function ReferenceColumn({ nullable = false }: NullableOption = {}): PropertyDecorator {
  return Column({ type: 'varchar', length: 36, nullable });
}

/** A `Date`, stored as milliseconds since 1970: exact, ordered and the same on SQLite and PostgreSQL. */
export function TimestampColumn({ nullable = false }: NullableOption = {}): PropertyDecorator {
  return Column({ type: 'bigint', nullable, transformer: timestamp });
}

/** A whole number beyond 32 bits (bytes, counters), up to `Number.MAX_SAFE_INTEGER`. PostgreSQL hands these out as text. */
export function LargeIntegerColumn({ nullable = false }: NullableOption = {}): PropertyDecorator {
  return Column({ type: 'bigint', nullable, transformer: largeInteger });
}

/** Any JSON value, stored as text. */
export function JsonColumn({ nullable = false }: NullableOption = {}): PropertyDecorator {
  return Column({ type: 'text', nullable, transformer: json });
}

/** One of a few words, stored as text. The database does not check it: what is written is typed by the code. */
export function WordColumn(options: Pick<ColumnOptions, 'nullable'> = {}): PropertyDecorator {
  return Column({ type: 'varchar', length: 64, ...options });
}

const timestamp: ValueTransformer = {
  to: (value: unknown) => (value instanceof Date ? value.getTime() : value),
  from: (value: unknown) => (isAbsent(value) ? null : new Date(Number(value))),
};

const largeInteger: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (isAbsent(value) ? null : Number(value)),
};

const json: ValueTransformer = {
  to: (value: unknown) => (isAbsent(value) ? value : JSON.stringify(value)),
  from: (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value),
};

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
