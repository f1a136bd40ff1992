import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import type { ImportSource } from '@query2label/sdk';
import { InvalidInputError } from '../../common/errors/index.js';
import { hasCode } from '../files/error-code.js';

/** What stands at a path of an import folder. */
export type Located =
  | { readonly kind: 'file' | 'folder'; readonly realPath: string; readonly bytes: number }
  | { readonly kind: 'missing' }
  /** The path leads out of the folder, by its parts or by a symbolic link. */
  | { readonly kind: 'outside' };

/** A folder that the operator allowed, or one below it. Whatever path is asked for, nothing outside is opened. */
export class ImportFolder implements ImportSource {
  private constructor(private readonly root: string) {}

  /**
   * @param allowed folder of the configuration
   * @param path of the folder to import, relative to it; empty for itself
   * @throws InvalidInputError if there is no such folder, or it lies outside
   */
  static async open(allowed: string, path: string): Promise<ImportFolder> {
    const top = await realpath(allowed).catch(() => undefined);
    if (top === undefined) {
      throw InvalidInputError.field('folder', `${allowed} does not exist`, 'The operator configures import folders.');
    }
    const located = await new ImportFolder(top).locate(path);
    if (located.kind !== 'folder') throw notUsable('path', path, located.kind, 'a folder');
    return new ImportFolder(located.realPath);
  }

  /** Looks a path up without opening it. */
  async locate(path: string): Promise<Located> {
    const normal = posix.normalize(path === '' ? '.' : path);
    if (path.includes('\0') || isAbsolute(path) || normal === '..' || normal.startsWith('../')) {
      return { kind: 'outside' };
    }
    try {
      const realPath = await realpath(join(this.root, normal));
      if (!isWithin(this.root, realPath)) return { kind: 'outside' };
      const found = await stat(realPath);
      if (found.isDirectory()) return { kind: 'folder', realPath, bytes: 0 };
      return found.isFile() ? { kind: 'file', realPath, bytes: found.size } : { kind: 'missing' };
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG')) return { kind: 'missing' };
      throw error;
    }
  }

  /**
   * The real path of a file.
   * @throws InvalidInputError if there is none, or it lies outside
   */
  async pathOf(path: string): Promise<string> {
    const located = await this.locate(path);
    if (located.kind === 'file') return located.realPath;
    throw notUsable('file.path', path, located.kind, 'a file');
  }

  async *openText(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    const located = await this.locate(path);
    if (located.kind !== 'file') throw notUsable('importer.options', path, located.kind, 'a file');
    for await (const chunk of createReadStream(located.realPath)) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  }

  async exists(path: string): Promise<boolean> {
    const { kind } = await this.locate(path);
    return kind === 'file' || kind === 'folder';
  }

  async list(path: string): Promise<readonly { readonly name: string; readonly kind: 'file' | 'folder' }[]> {
    const located = await this.locate(path);
    if (located.kind !== 'folder') throw notUsable('importer.options', path, located.kind, 'a folder');
    const names = (await readdir(located.realPath)).sort(byCodeUnits);
    const entries: { name: string; kind: 'file' | 'folder' }[] = [];
    for (const name of names) {
      const { kind } = await this.locate(posix.join(path, name));
      if (kind === 'file' || kind === 'folder') entries.push({ name, kind });
    }
    return entries;
  }
}

function notUsable(field: string, path: string, kind: Located['kind'], expected: string): InvalidInputError {
  const what = {
    missing: 'does not exist',
    outside: 'leads out of the import folder',
    file: 'is a file',
    folder: 'is a folder',
  };
  return InvalidInputError.field(
    field,
    `"${path}" ${what[kind]}; expected ${expected} below the imported folder`,
    'Paths are relative to the folder that is imported, with forward slashes and without "..".',
  );
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
