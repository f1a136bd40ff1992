/** Longer lines are refused: one line is held in memory. */
const MAXIMUM_LINE = 1024 * 1024;

/**
 * The lines of an UTF-8 text as it arrives, without their ends; a byte-order mark is dropped.
 * @param name of the file, for errors
 * @throws Error if a line is longer than 1 MiB or the text is not UTF-8
 */
export async function* textLines(content: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (error) {
      throw new Error(`${name}: not text in UTF-8.`, { cause: error });
    }
  };
  let rest = '';
  for await (const chunk of content) {
    const lines = (rest + decode(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > MAXIMUM_LINE) {
      throw new Error(`${name}: a line is longer than ${MAXIMUM_LINE} characters; expected one object per line.`);
    }
    yield* lines;
  }
  rest += decode();
  if (rest !== '') yield rest;
}
