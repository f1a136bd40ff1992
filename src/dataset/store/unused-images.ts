import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { DatabaseService } from '../../database/index.js';
import { Image, Upload } from '../entities/index.js';
import { ImageStore } from './image-store.js';

/** A file younger than this stays: a picture is stored before the row that refers to it. */
const LATEST_ROW_MILLISECONDS = 60 * 60 * 1000;
const CHUNK = 500;

/** Removes files of the image store to which neither a dataset nor an upload refers. */
@Injectable()
export class UnusedImages {
  constructor(
    private readonly database: DatabaseService,
    private readonly store: ImageStore,
  ) {}

  /**
   * @param candidates hashes of files that have just lost a reference
   * @returns number of files removed
   */
  async remove(candidates: Iterable<string>, now: Date = new Date()): Promise<number> {
    const before = new Date(now.getTime() - LATEST_ROW_MILLISECONDS);
    let removed = 0;
    for (const sha256 of new Set(candidates)) {
      if (await this.store.removeUnused(sha256, before, () => this.isUsed(sha256))) removed += 1;
    }
    return removed;
  }

  /**
   * Looks through the whole store, for what a process left that ended between rows and files.
   * @returns number of files removed
   */
  async sweep(now: Date = new Date()): Promise<number> {
    let removed = 0;
    for await (const hashes of this.store.hashes()) {
      for (let start = 0; start < hashes.length; start += CHUNK) {
        const chunk = hashes.slice(start, start + CHUNK);
        const used = await this.usedOf(chunk);
        removed += await this.remove(
          chunk.filter((sha256) => !used.has(sha256)),
          now,
        );
      }
    }
    return removed;
  }

  private async usedOf(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const where = { sha256: In([...hashes]) };
    const [images, uploads] = [
      await this.database.read.find(Image, { select: { id: true, sha256: true }, where }),
      await this.database.read.find(Upload, { select: { id: true, sha256: true }, where }),
    ];
    return new Set([...images, ...uploads].flatMap(({ sha256 }) => sha256 ?? []));
  }

  private async isUsed(sha256: string): Promise<boolean> {
    const { read } = this.database;
    return (await read.existsBy(Image, { sha256 })) || (await read.existsBy(Upload, { sha256 }));
  }
}
