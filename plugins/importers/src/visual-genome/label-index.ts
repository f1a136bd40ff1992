import { jsonTokens } from '../coco/json-tokens.js';

/**
 * Reads `{"<file name>": [<label>, ...], ...}` as it arrives; only the numbers are kept.
 * @throws Error if the text is not JSON of this form
 */
export async function readLabelIndex(
  content: AsyncIterable<Uint8Array>,
  file: string,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const labels = new Map<string, number[]>();
  let depth = 0;
  let key = '';
  let current: number[] | undefined;
  const wrong = (received: string): Error =>
    new Error(
      `${file}: ${key === '' ? 'at its top' : JSON.stringify(key)}: received ${received}; expected a list of label numbers for each file name.`,
    );
  for await (const tokens of jsonTokens(content, file)) {
    for (const token of tokens) {
      if (token.name === 'startObject' && depth === 0) depth = 1;
      else if (token.name === 'endObject' && depth === 1) depth = 0;
      else if (token.name === 'keyValue' && depth === 1) key = token.value;
      else if (token.name === 'startArray' && depth === 1) {
        if (labels.has(key)) throw new Error(`${file}: ${JSON.stringify(key)} is listed twice.`);
        [depth, current] = [2, []];
        labels.set(key, current);
      } else if (token.name === 'endArray' && depth === 2) depth = 1;
      else if (token.name === 'numberValue' && depth === 2) current?.push(Number(token.value));
      else if (isValue(token.name)) throw wrong(token.name.replace(/^start|Value$/, ''));
    }
  }
  return labels;
}

/** Tokens that begin a value; the others (pieces of numbers, for instance) say nothing more. */
function isValue(name: string): boolean {
  return /^start(Object|Array)$|Value$/.test(name);
}
