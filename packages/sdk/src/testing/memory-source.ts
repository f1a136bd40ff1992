import type { ImportSource } from '../contracts/index.js';

/** Files by path; text is UTF-8. */
export type SourceFiles = Readonly<Record<string, string | Uint8Array>>;

/** A folder in memory that counts what was opened and not closed. */
export interface MemorySource extends ImportSource {
  /** Paths of files that are open now. */
  readonly open: ReadonlySet<string>;
}

const PIECE = 7;

/** Gives files in pieces of a few bytes, so that a character or a line that spans pieces is noticed. */
export function memorySource(files: SourceFiles): MemorySource {
  const open = new Set<string>();
  const bytesOf = (path: string): Uint8Array => {
    const content = Object.hasOwn(files, path) ? files[path] : undefined;
    if (content === undefined) throw new Error(`There is no file "${path}" in the source.`);
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  async function* pieces(path: string): AsyncIterable<Uint8Array> {
    const bytes = bytesOf(path);
    open.add(path);
    try {
      for (let start = 0; start < bytes.length; start += PIECE) {
        await Promise.resolve();
        yield bytes.slice(start, start + PIECE);
      }
    } finally {
      open.delete(path);
    }
  }
  return {
    open,
    openText: pieces,
    exists: (path) => {
      const inside = path === '' || path === '.' ? '' : `${path.replace(/\/$/, '')}/`;
      return Promise.resolve(Object.keys(files).some((file) => file === path || file.startsWith(inside)));
    },
    list: (path) => {
      const inside = path === '' || path === '.' ? '' : `${path.replace(/\/$/, '')}/`;
      const kinds = new Map<string, 'file' | 'folder'>();
      for (const file of Object.keys(files)) {
        if (!file.startsWith(inside)) continue;
        const [name = '', ...deeper] = file.slice(inside.length).split('/');
        kinds.set(name, deeper.length > 0 ? 'folder' : 'file');
      }
      const entries = [...kinds].map(([name, kind]) => ({ name, kind }));
      return Promise.resolve(entries.sort((one, other) => (one.name < other.name ? -1 : 1)));
    },
  };
}
