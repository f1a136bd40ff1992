/** JSON with objects as maps: a key named `__proto__` is a key like any other. */
export type StrictJson = string | number | boolean | null | StrictJson[] | Map<string, StrictJson>;

const MAXIMUM_DEPTH = 8;
/** Entries of one object or list: far more than any file has, and few enough that a hostile one cannot fill the memory. */
export const MAXIMUM_ENTRIES = 100_000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const WHITESPACE = /[ \t\r\n]*/y;

/** Reads one JSON document; unlike `JSON.parse` it refuses duplicate keys, deep nesting and endless lists. */
class StrictJsonParser {
  private position = 0;

  constructor(private readonly text: string) {}

  parse(): StrictJson {
    const value = this.value(0);
    this.skipWhitespace();
    if (this.position !== this.text.length) this.fail('expected the end of the document');
    return value;
  }

  private value(depth: number): StrictJson {
    if (depth > MAXIMUM_DEPTH) this.fail(`nested deeper than ${MAXIMUM_DEPTH} levels`);
    this.skipWhitespace();
    const next = this.text[this.position];
    if (next === '{') return this.object(depth);
    if (next === '[') return this.array(depth);
    if (next === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.position)) {
        this.position += word.length;
        return value;
      }
    }
    return Number(this.match(NUMBER, 'a value'));
  }

  private object(depth: number): Map<string, StrictJson> {
    const entries = new Map<string, StrictJson>();
    this.position += 1;
    if (this.accept('}')) return entries;
    do {
      this.skipWhitespace();
      const key = this.string();
      if (entries.has(key)) this.fail(`duplicate key ${JSON.stringify(key)}`);
      if (entries.size === MAXIMUM_ENTRIES) this.fail(`more than ${MAXIMUM_ENTRIES} entries in one object`);
      if (!this.accept(':')) this.fail('expected ":"');
      entries.set(key, this.value(depth + 1));
    } while (this.accept(','));
    if (!this.accept('}')) this.fail('expected "," or "}"');
    return entries;
  }

  private array(depth: number): StrictJson[] {
    const items: StrictJson[] = [];
    this.position += 1;
    if (this.accept(']')) return items;
    do {
      if (items.length === MAXIMUM_ENTRIES) this.fail(`more than ${MAXIMUM_ENTRIES} entries in one list`);
      items.push(this.value(depth + 1));
    } while (this.accept(','));
    if (!this.accept(']')) this.fail('expected "," or "]"');
    return items;
  }

  private string(): string {
    const token = this.match(STRING, 'a string');
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : this.fail('expected a string');
  }

  private accept(character: string): boolean {
    this.skipWhitespace();
    if (this.text[this.position] !== character) return false;
    this.position += 1;
    return true;
  }

  private skipWhitespace(): void {
    WHITESPACE.lastIndex = this.position;
    WHITESPACE.test(this.text);
    this.position = WHITESPACE.lastIndex;
  }

  private match(pattern: RegExp, expected: string): string {
    pattern.lastIndex = this.position;
    const token = pattern.exec(this.text)?.[0];
    if (token === undefined) return this.fail(`expected ${expected}`);
    this.position += token.length;
    return token;
  }

  private fail(reason: string): never {
    throw new SyntaxError(`${reason} at character ${this.position}`);
  }
}

const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** @throws SyntaxError naming the fault and the character where it stands */
export function parseStrictJson(text: string): StrictJson {
  return new StrictJsonParser(text).parse();
}
