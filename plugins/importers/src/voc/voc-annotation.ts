import { SaxesParser } from 'saxes';

/** An object of a picture as a VOC annotation names it. */
export interface VocObject {
  readonly name: string;
  /** Hard to recognise: neither its presence nor its absence counts in the official evaluation. */
  readonly difficult: boolean;
  /** Where it ends in the file, from 1. */
  readonly line: number;
}

const OBJECT = 'annotation/object';
/** A person's object has parts (head, hand, foot) with names of their own, one level deeper. */
const NAME = `${OBJECT}/name`;
const DIFFICULT = `${OBJECT}/difficult`;

/**
 * Reads the objects of a PASCAL VOC annotation as it arrives. Document types, and with them entities of a file's own, are refused.
 * @param file for errors
 * @throws Error with file and line if it is not well-formed XML, no VOC annotation, or an object has no name
 */
export async function readVocAnnotation(content: AsyncIterable<Uint8Array>, file: string): Promise<VocObject[]> {
  const parser = new SaxesParser({ position: true });
  const reader = new AnnotationReader(file);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const fail = (fault: string): never => {
    throw new Error(`${file}, line ${parser.line}: ${fault}.`);
  };
  parser.on('error', (error) =>
    fail(`not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')}`),
  );
  parser.on('doctype', () => fail('a document type is not read; expected a PASCAL VOC annotation without one'));
  parser.on('opentag', ({ name }) => reader.open(name));
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  parser.on('closetag', () => reader.close(parser.line));
  try {
    for await (const chunk of content) parser.write(decoder.decode(chunk, { stream: true }));
    parser.write(decoder.decode()).close();
  } catch (error) {
    if (error instanceof TypeError) throw new Error(`${file}: not text in UTF-8.`, { cause: error });
    throw error;
  }
  return reader.objects;
}

class AnnotationReader {
  readonly objects: VocObject[] = [];
  private readonly path: string[] = [];
  private content = '';
  private name = '';
  private difficult = false;

  constructor(private readonly file: string) {}

  open(tag: string): void {
    this.path.push(tag);
    this.content = '';
    if (this.path[0] !== 'annotation') {
      throw new Error(`${this.file}: the outermost element is <${tag}>; expected <annotation>.`);
    }
    if (this.place === OBJECT) [this.name, this.difficult] = ['', false];
  }

  text(text: string): void {
    this.content += text;
  }

  close(line: number): void {
    const value = this.content.trim();
    if (this.place === NAME) this.name = value;
    if (this.place === DIFFICULT) this.difficult = this.flag(value, line);
    if (this.place === OBJECT) this.finishObject(line);
    this.path.pop();
    this.content = '';
  }

  private get place(): string {
    return this.path.join('/');
  }

  private finishObject(line: number): void {
    if (this.name === '') throw new Error(`${this.file}, line ${line}: an object has no <name>.`);
    this.objects.push({ name: this.name, difficult: this.difficult, line });
  }

  private flag(value: string, line: number): boolean {
    if (value === '0' || value === '1') return value === '1';
    throw new Error(`${this.file}, line ${line}: received <difficult> ${JSON.stringify(value)}; expected 0 or 1.`);
  }
}
