import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../dataset/files/error-code.js';
import { bytesOf, fits, HEADER_BYTES, headerOf } from './feature-record.js';
import { MANIFEST } from './feature-folder.js';
import type { FeatureRoom } from './feature-room.js';

/** How reading a record ended. A damaged one has been removed. */
export type ReadOutcome = 'read' | 'missing' | 'damaged';

/** Between two marks of use, in milliseconds. */
const MARK_INTERVAL = 60_000;

/**
 * Features on disk, one file for each picture: `<folder>/ab/<key>`. A file appears under its name when it is complete; it is not
 * synced, since a torn one is found out by its checksum and made again. Several processes may read and write the same folder.
 */
export class FeatureStore {
  private lastMark = Date.now();

  constructor(
    private readonly folder: string,
    private readonly room: FeatureRoom,
  ) {}

  /** @param target receives the values; what it holds is undefined unless the outcome is `read` */
  async read(key: string, target: Float32Array): Promise<ReadOutcome> {
    const path = this.pathOf(key);
    const file = await open(path, 'r').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (file === undefined) return 'missing';
    const header = new Uint8Array(HEADER_BYTES);
    try {
      const { bytesRead } = await file.readv([header, bytesOf(target)]);
      if (bytesRead === HEADER_BYTES + target.byteLength && fits(header, target)) return 'read';
    } finally {
      await file.close();
    }
    await rm(path, { force: true });
    return 'damaged';
  }

  /** Keeps a record if there is room for it. */
  async write(key: string, values: Float32Array): Promise<void> {
    const bytes = HEADER_BYTES + values.byteLength;
    if (!(await this.room.take(bytes))) return;
    const path = this.pathOf(key);
    const temporary = join(this.folder, `incoming-${randomUUID()}`);
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(temporary, 'wx');
      try {
        const { bytesWritten } = await file.writev([headerOf(values), bytesOf(values)]);
        if (bytesWritten < bytes) throw new Error('the disk is full');
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      // The folder may have been thrown out meanwhile, or the disk have filled up: neither is a reason to end a training.
      this.room.close(error instanceof Error ? error.message : String(error));
    }
  }

  /** Marks the folder as used, at most once a minute. */
  async markUse(): Promise<void> {
    const now = Date.now();
    if (now - this.lastMark < MARK_INTERVAL) return;
    this.lastMark = now;
    await utimes(join(this.folder, MANIFEST), now / 1000, now / 1000).catch(() => undefined);
  }

  private pathOf(key: string): string {
    return join(this.folder, key.slice(0, 2), key);
  }
}
