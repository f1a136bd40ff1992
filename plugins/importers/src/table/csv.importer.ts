import { Readable } from 'node:stream';
import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { type CsvError, parse } from 'csv-parse';
import { tableOptions } from './table-options.js';
import { type TableRow, tableRecords } from './table-records.js';

const options = z.strictObject({
  ...tableOptions,
  delimiter: z.string().min(1).default(',').describe('Text between the columns'),
});
type Options = z.output<typeof options>;

/** A CSV file (RFC 4180) with a header line; one row per image, its labels in one column. */
@Importer({ name: 'csv', description: 'A CSV file with one row per image and a column of labels', options })
export class CsvImporter implements ImporterProvider<Options> {
  read(settings: Options, source: ImportSource): AsyncIterable<ImportRecord> {
    return tableRecords(csvRows(source.openText(settings.file), settings), settings);
  }
}

async function* csvRows(content: AsyncIterable<Uint8Array>, { file, delimiter }: Options): AsyncGenerator<TableRow> {
  const parser = parse({ bom: true, columns: true, delimiter, info: true, skipEmptyLines: true, trim: true });
  const input = Readable.from(content, { objectMode: false });
  input.once('error', (error) => parser.destroy(error));
  try {
    for await (const row of input.pipe(parser)) {
      const { record, info } = row as { record: Record<string, string>; info: { lines: number } };
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    throw isCsvError(error) ? new Error(`${file}: not valid CSV: ${error.message}`, { cause: error }) : error;
  } finally {
    input.destroy();
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}
