import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/**
 * Reads a YAML or JSON file that the command line names.
 * @throws naming the file if it cannot be read or is not YAML
 */
export async function readDocument(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  try {
    const document: unknown = parse(text);
    return document;
  } catch (error) {
    throw new Error(`${file} is not valid YAML or JSON: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
