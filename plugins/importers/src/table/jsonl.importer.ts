import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { textLines } from './text-lines.js';
import { tableOptions } from './table-options.js';
import { type TableRow, tableRecords } from './table-records.js';

const options = z.strictObject(tableOptions);
type Options = z.output<typeof options>;

/** JSON Lines: one object per image; its labels are a list of names or a separated text. */
@Importer({ name: 'jsonl', description: 'A JSON Lines file with one object per image and its labels', options })
export class JsonLinesImporter implements ImporterProvider<Options> {
  read(settings: Options, source: ImportSource): AsyncIterable<ImportRecord> {
    return tableRecords(jsonRows(source.openText(settings.file), settings.file), settings);
  }
}

async function* jsonRows(content: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<TableRow> {
  let line = 0;
  for await (const text of textLines(content, file)) {
    line++;
    if (text.trim() === '') continue;
    yield { line, cells: objectOf(text, `${file}, line ${line}`) };
  }
}

function objectOf(text: string, where: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text, where);
  if (isObject(value)) return value;
  throw new Error(`${where}: received ${text.slice(0, 40)}; expected a JSON object.`);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where}: not valid JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
