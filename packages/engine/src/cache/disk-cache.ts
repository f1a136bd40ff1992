import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledCacheOptions } from '../engine.js';
import { checkFiles, DamagedEntry, entryBytes, listFiles, listPath } from './entry-files.js';

const UNFINISHED = '.unfinished-';
/** Folders that no process has finished for so long are removed, in milliseconds. */
const ABANDONED_AFTER = 3_600_000;

export interface FoundEntry {
  readonly folder: string;
  /** Whether every byte of its files is as it was written; large files are still being read. A damaged entry is dropped. */
  readonly sound: Promise<boolean>;
}

/**
 * Folders of files by key, kept from one process to the next. Any number of processes may use one cache: an entry
 * appears whole or not at all. When the cache is too large, the entries that were not used for longest go.
 */
export class DiskCache {
  private readonly log: (message: string) => void;

  constructor(private readonly options: CompiledCacheOptions) {
    this.log = options.log ?? (() => undefined);
  }

  /** An entry, unless there is none or it is seen to be damaged: such a one is dropped. */
  async find(key: string): Promise<FoundEntry | undefined> {
    const folder = this.folderOf(key);
    try {
      const { largeFiles } = await checkFiles(folder);
      const now = new Date();
      await utimes(listPath(folder), now, now);
      const sound = largeFiles.then(
        () => true,
        (error: unknown) => this.refuse(key, error),
      );
      return { folder, sound };
    } catch (error) {
      await this.refuse(key, error);
      return undefined;
    }
  }

  /** Removes an entry that is of no use. */
  async drop(key: string, reason: string): Promise<void> {
    this.log(`The compiled program ${key} is dropped from the cache and compiled again: ${reason}.`);
    await this.remove(this.folderOf(key));
  }

  private async refuse(key: string, error: unknown): Promise<false> {
    if (error instanceof DamagedEntry) await this.drop(key, error.message);
    else if (!isMissing(error)) this.log(`The compiled program ${key} could not be read: ${messageOf(error)}`);
    return false;
  }

  /**
   * Adds an entry.
   * @param fill writes the files of the entry into a folder; if it fails, its error is thrown and nothing is kept
   */
  async store<T>(key: string, fill: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(this.options.folder, { recursive: true });
    const unfinished = await mkdtemp(join(this.options.folder, UNFINISHED));
    try {
      const result = await fill(unfinished);
      await this.keep(key, unfinished);
      return result;
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  private async keep(key: string, unfinished: string): Promise<void> {
    try {
      await listFiles(unfinished);
      await rename(unfinished, this.folderOf(key));
      await this.shrink(key);
    } catch (error) {
      // Another process has been quicker with the same entry.
      if (await stat(this.folderOf(key)).catch(() => undefined)) return;
      this.log(`The compiled program ${key} could not be kept: ${messageOf(error)}`);
    }
  }

  /** Removes what was not used for longest, until the cache is no larger than it may be. */
  private async shrink(newest: string): Promise<void> {
    const { folder, maximumBytes } = this.options;
    const entries: { readonly name: string; readonly used: number; readonly bytes: number }[] = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (name.startsWith(UNFINISHED)) await this.removeAbandoned(path);
      else {
        const used = await stat(listPath(path)).catch(() => undefined);
        entries.push({ name, used: used?.mtimeMs ?? 0, bytes: await entryBytes(path).catch(() => 0) });
      }
    }
    let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    for (const entry of entries.sort((a, b) => a.used - b.used)) {
      if (bytes <= maximumBytes) return;
      if (entry.name === newest && entry.bytes <= maximumBytes) continue;
      await this.remove(join(folder, entry.name));
      bytes -= entry.bytes;
    }
  }

  private async removeAbandoned(path: string): Promise<void> {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER) await this.remove(path);
  }

  /** Under another name first, so that nobody finds half an entry. */
  private async remove(path: string): Promise<void> {
    const unfinished = await mkdtemp(join(this.options.folder, UNFINISHED));
    await rename(path, join(unfinished, 'removed')).catch(() => undefined);
    await rm(unfinished, { recursive: true, force: true });
  }

  private folderOf(key: string): string {
    return join(this.options.folder, key);
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
