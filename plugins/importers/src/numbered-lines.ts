import type { ImportSource } from '@query2label/sdk';
import { textLines } from './table/text-lines.js';

/** A line of a text file that is not blank; `line` counts from 1. */
export interface NumberedLine {
  readonly line: number;
  /** Without blanks at its ends. */
  readonly text: string;
}

/** The lines of a file as they arrive, blank ones left out. */
export async function* numberedLines(
  source: ImportSource,
  file: string,
): AsyncGenerator<NumberedLine, void, undefined> {
  let line = 0;
  for await (const text of textLines(source.openText(file), file)) {
    line++;
    if (text.trim() !== '') yield { line, text: text.trim() };
  }
}
