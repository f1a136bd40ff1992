import { type CocoEntry, CocoEntryReader } from './coco-entry.js';
import { jsonTokens } from './json-tokens.js';

/** One picture of a COCO file: the entry per image that is held in memory. */
export interface CocoImage {
  readonly id: string;
  readonly fileName: string;
  /** Category ids of its annotations, each once. */
  readonly categories: readonly number[];
}

/** What of a COCO instances file matters for labels. */
export interface CocoFile {
  /** In the order of the file. */
  readonly categories: ReadonlyMap<number, string>;
  /** In the order of the file. */
  images(): Iterable<CocoImage>;
  /** Annotations of images that the file does not list. */
  readonly strayAnnotations: number;
}

const NONE: readonly number[] = [];
const WANTED = {
  images: ['id', 'file_name'],
  annotations: ['image_id', 'category_id', 'iscrowd'],
  categories: ['id', 'name'],
};

/**
 * Reads a COCO instances file as it arrives; the lists may come in any order.
 * @param name of the file, for errors
 * @param includeCrowds whether annotations of crowds give their label
 * @throws Error if the file is not JSON or an entry lacks what it needs
 */
export async function readCocoFile(
  content: AsyncIterable<Uint8Array>,
  name: string,
  includeCrowds: boolean,
): Promise<CocoFile> {
  const fileNames = new Map<string, string>();
  const categories = new Map<number, string>();
  const categoriesOfImage = new Map<string, number[]>();
  const reader = new CocoEntryReader(WANTED);

  const take = (entry: CocoEntry): void => {
    if (entry.section === 'images') {
      const id = String(required(entry, 'id', name));
      if (fileNames.has(id)) throw new Error(`${where(entry, name)}: image id ${id} is taken by an earlier entry.`);
      fileNames.set(id, String(required(entry, 'file_name', name)));
    } else if (entry.section === 'categories') {
      categories.set(Number(required(entry, 'id', name)), String(required(entry, 'name', name)));
    } else if (includeCrowds || entry.values.get('iscrowd') !== 1) {
      const id = String(required(entry, 'image_id', name));
      const category = Number(required(entry, 'category_id', name));
      const known = categoriesOfImage.get(id);
      if (known === undefined) categoriesOfImage.set(id, [category]);
      else if (!known.includes(category)) known.push(category);
    }
  };

  for await (const tokens of jsonTokens(content, name)) {
    for (const token of tokens) {
      const entry = reader.consume(token);
      if (entry !== undefined) take(entry);
    }
  }
  if (fileNames.size === 0) throw new Error(`${name}: no "images" list with entries; expected COCO instances JSON.`);
  if (categories.size === 0) {
    throw new Error(`${name}: no "categories" list with entries; expected COCO instances JSON.`);
  }
  return {
    categories,
    images: function* () {
      for (const [id, fileName] of fileNames) {
        yield { id, fileName, categories: categoriesOfImage.get(id) ?? NONE };
      }
    },
    strayAnnotations: [...categoriesOfImage.keys()].filter((id) => !fileNames.has(id)).length,
  };
}

function required(entry: CocoEntry, key: string, file: string): string | number {
  const value = entry.values.get(key);
  if (value === undefined) throw new Error(`${where(entry, file)}: "${key}" is missing; expected a number or a text.`);
  return value;
}

function where({ section, index }: CocoEntry, file: string): string {
  return `${file}: ${section}[${index}]`;
}
