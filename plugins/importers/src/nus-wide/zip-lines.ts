import type { ImportSource } from '@query2label/sdk';
import { type NumberedLine, numberedLines } from '../numbered-lines.js';

/**
 * Reads files side by side, line by line: the rows are the n-th lines of all of them.
 * @throws Error naming a file that ends before another does
 */
export async function* zipLines(
  source: ImportSource,
  files: readonly string[],
): AsyncGenerator<readonly NumberedLine[], void, undefined> {
  const readers = files.map((file) => numberedLines(source, file));
  try {
    for (let rows = 0; ; rows++) {
      const results = await Promise.all(readers.map((reader) => reader.next()));
      const ended = results.findIndex(({ done }) => done);
      const ongoing = results.findIndex(({ done }) => done !== true);
      if (ongoing === -1) return;
      if (ended !== -1) {
        throw new Error(
          `${files[ended]}: ends after ${rows} lines, but ${files[ongoing]} goes on; expected a line for each image.`,
        );
      }
      yield results.flatMap(({ value }) => value ?? []);
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.return()));
  }
}
