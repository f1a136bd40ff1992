import { getManyValues, isMany, none } from 'stream-chain/defs.js';
import { jsonParser, type Token } from 'stream-json/parser.js';

const PACKED_ONLY = { packValues: true, streamValues: false };

type Tokenizer = ReturnType<typeof jsonParser>;

/** Takes the text in pieces, then `none`; the declared type of the parser leaves out the latter. */
function tokenizer(): (text: string | typeof none) => ReturnType<Tokenizer> {
  const parse: Tokenizer = jsonParser(PACKED_ONLY);
  return (text) => Reflect.apply(parse, undefined, [text]) as ReturnType<Tokenizer>;
}

/**
 * The tokens of a JSON text as it arrives; one list for each chunk of input.
 * @param name of the file, for the error
 * @throws Error if the text is not JSON or ends too early
 */
export async function* jsonTokens(
  content: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<readonly Token[], void, undefined> {
  // Called as a function, not as a stream: a stream event for each token takes eight times as long.
  const parse = tokenizer();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  const tokensOf = (textOf: () => string | typeof none): readonly Token[] => {
    try {
      const tokens = parse(textOf());
      return isMany(tokens) ? getManyValues(tokens) : [];
    } catch (error) {
      const finding = error instanceof Error ? error.message : String(error);
      throw new Error(`${name}: not valid JSON near byte ${bytes}: ${finding}`, { cause: error });
    }
  };
  for await (const chunk of content) {
    bytes += chunk.byteLength;
    yield tokensOf(() => decoder.decode(chunk, { stream: true }));
  }
  yield tokensOf(() => decoder.decode());
  yield tokensOf(() => none);
}
