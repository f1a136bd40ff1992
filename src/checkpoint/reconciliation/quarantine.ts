import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../database/index.js';
import { Checkpoint } from '../checkpoint.entity.js';
import { CheckpointStore } from '../checkpoint-store.js';
import { makeFolderDurably } from '../container/durable-files.js';
import { FileOperations } from '../container/file-operations.js';
import { lockFolders } from '../folder-lock.js';

/** Where folders without a record go, below the folder of checkpoints. Nothing of it is ever deleted by the platform. */
export const QUARANTINE = '.quarantine';

/** Moves folders out of the way, and back. */
@Injectable()
export class Quarantine {
  constructor(
    private readonly database: DatabaseService,
    private readonly store: CheckpointStore,
    private readonly operations: FileOperations,
  ) {}

  /**
   * Moves something that has no record, while no record can be made.
   * @param name in the folder of checkpoints
   * @returns where it lies now, below that folder; null if there is a record after all, or it is gone
   */
  async take(name: string): Promise<string | null> {
    const folder = join(this.store.root, QUARANTINE);
    await makeFolderDurably(this.operations, folder);
    return this.database.write(async (manager) => {
      await lockFolders(manager);
      if (await manager.existsBy(Checkpoint, { id: name })) return null;
      if (!(await exists(this.store.folder(name)))) return null;
      let place = name;
      for (let copy = 2; await exists(join(folder, place)); copy += 1) place = `${name}.${copy}`;
      await this.move(this.store.folder(name), join(folder, place));
      return `${QUARANTINE}/${place}`;
    });
  }

  /** Puts the folder of a checkpoint back that was taken before its record appeared. @returns whether there was one */
  async giveBack(id: string): Promise<boolean> {
    const place = join(this.store.root, QUARANTINE, id);
    if (!(await exists(place))) return false;
    return this.database.write(async (manager) => {
      await lockFolders(manager);
      if (!(await exists(place)) || (await exists(this.store.folder(id)))) return false;
      await this.move(place, this.store.folder(id));
      return true;
    });
  }

  private async move(from: string, to: string): Promise<void> {
    await this.operations.rename(from, to);
    await this.operations.syncFolder(join(this.store.root, QUARANTINE));
    await this.operations.syncFolder(this.store.root);
  }
}

/** Links are looked at themselves: one that leads nowhere exists, too. */
function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
