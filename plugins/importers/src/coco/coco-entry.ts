import type { Token } from 'stream-json/parser.js';

/** The single values of one object in one of the lists of a COCO file; nested lists (boxes, outlines) are not kept. */
export interface CocoEntry {
  readonly section: string;
  /** Place in the list, from 0. */
  readonly index: number;
  readonly values: ReadonlyMap<string, string | number>;
}

const TOP = 1;
const LIST = 2;
const ENTRY = 3;

/**
 * Picks the entries of some top-level lists out of the tokens of `{ "images": [{...}], ... }`. Nothing else is built in
 * memory, however long the outlines are.
 */
export class CocoEntryReader {
  private depth = 0;
  private section = '';
  private key = '';
  private index = 0;
  private values = new Map<string, string | number>();

  /** @param wanted for each list, the keys of its entries that are wanted */
  constructor(private readonly wanted: Readonly<Record<string, readonly string[]>>) {}

  /** The entry that this token completes, if it does. */
  consume(token: Token): CocoEntry | undefined {
    const { name } = token;
    if (name === 'startObject' || name === 'startArray') this.enter();
    else if (name === 'endObject' || name === 'endArray') return this.leave(name === 'endObject');
    else if (name === 'keyValue') this.nameKey(token.value);
    else if (name === 'stringValue') this.keep(token.value);
    else if (name === 'numberValue') this.keep(Number(token.value));
    return undefined;
  }

  private enter(): void {
    this.depth++;
    if (this.depth === LIST) this.index = 0;
    if (this.depth === ENTRY) this.values = new Map();
  }

  private leave(isObject: boolean): CocoEntry | undefined {
    this.depth--;
    return isObject && this.depth === LIST ? this.entry() : undefined;
  }

  private nameKey(key: string): void {
    if (this.depth === TOP) this.section = key;
    if (this.depth === ENTRY) this.key = key;
  }

  private keep(value: string | number): void {
    if (this.depth === ENTRY && this.wanted[this.section]?.includes(this.key)) this.values.set(this.key, value);
  }

  private entry(): CocoEntry | undefined {
    if (!Object.hasOwn(this.wanted, this.section)) return undefined;
    return { section: this.section, index: this.index++, values: this.values };
  }
}
