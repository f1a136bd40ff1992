import type { ImportRecord } from '@query2label/sdk';
import { joinPath, splitName } from '../paths.js';
import type { TableOptions } from './table-options.js';

/** A row by column; `line` is where it stands in the file, from 1. */
export interface TableRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, unknown>>;
}

/**
 * Labels and images of the rows of a table. A label is announced just before the first image that has it.
 * @throws Error naming file, line and column of a cell that is missing or not of the expected kind
 */
export async function* tableRecords(
  rows: AsyncIterable<TableRow>,
  options: TableOptions,
): AsyncGenerator<ImportRecord, void, undefined> {
  const announced = new Set(options.labels);
  for (const name of announced) yield { kind: 'label', name };
  for await (const row of rows) {
    const image = imageOf(row, options);
    for (const name of [...image.labels, ...image.unknownLabels]) {
      if (announced.has(name)) continue;
      if (options.labels !== undefined) throw unlistedLabel(name, row, options);
      announced.add(name);
      yield { kind: 'label', name };
    }
    yield image;
  }
}

function imageOf(row: TableRow, options: TableOptions) {
  const { imageColumn, labelsColumn, unknownColumn, splitColumn } = options;
  const labels = listOf(row, labelsColumn, options);
  const unknownLabels = unknownColumn === undefined ? [] : listOf(row, unknownColumn, options);
  const split = splitColumn === undefined ? options.split : textOf(row, splitColumn, options);
  if (!splitName.safeParse(split).success) {
    throw new Error(
      `${where(row, options)}: received split ${JSON.stringify(split)} in column "${splitColumn}"; ` +
        'expected letters, digits, dots, hyphens or underscores, at most 64.',
    );
  }
  const path = joinPath(options.images, textOf(row, imageColumn, options));
  return { kind: 'image' as const, path, split, labels, unknownLabels };
}

function textOf(row: TableRow, column: string, options: TableOptions): string {
  const value = cellOf(row, column, options);
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new Error(`${where(row, options)}: column "${column}": received ${JSON.stringify(value)}; expected a text.`);
}

function listOf(row: TableRow, column: string, options: TableOptions): readonly string[] {
  const value = cellOf(row, column, options);
  const items: unknown[] =
    typeof value === 'string' ? value.split(options.labelSeparator) : Array.isArray(value) ? value : [value];
  const names = items.map((item) => (typeof item === 'string' ? item.trim() : item));
  const wrong = names.find((name) => typeof name !== 'string');
  if (wrong !== undefined) {
    throw new Error(
      `${where(row, options)}: column "${column}": received ${JSON.stringify(wrong)}; expected a list of label names ` +
        `or a text that separates them by "${options.labelSeparator}".`,
    );
  }
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''))];
}

function cellOf(row: TableRow, column: string, options: TableOptions): unknown {
  if (Object.hasOwn(row.cells, column)) return row.cells[column];
  throw new Error(
    `${where(row, options)}: there is no column "${column}"; the columns are ${Object.keys(row.cells).join(', ')}. ` +
      'Name the right one in the options of the importer.',
  );
}

function unlistedLabel(name: string, row: TableRow, options: TableOptions): Error {
  return new Error(
    `${where(row, options)}: label "${name}" is not one of the ${options.labels?.length ?? 0} labels of the option "labels".`,
  );
}

function where(row: TableRow, { file }: TableOptions): string {
  return `${file}, line ${row.line}`;
}
