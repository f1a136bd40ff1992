import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fateOf,
  identityText,
  ownIdentity,
  parseIdentity,
  type ProcessIdentity,
} from '../../common/process-identity.js';
import { CheckpointWriteError } from './checkpoint-write-error.js';
import { makeFolderDurably } from './durable-files.js';
import type { FileOperations } from './file-operations.js';

/** Empty files that say by their name which process is writing a checkpoint: this, the checkpoint's id, `-`, the process. */
export const MARK_PREFIX = '.writing-';

/** Name of the mark of a process on a checkpoint. */
export function markName(id: string, writer: ProcessIdentity): string {
  return `${MARK_PREFIX}${id}-${identityText(writer)}`;
}

/**
 * The mark of a process on a checkpoint that it writes, from before the first byte until the record is kept. Who finds a folder without a
 * record looks at its mark to know whether one is still to come. Marks need not survive a power failure: no process does.
 */
export class WriterMarks {
  constructor(
    private readonly operations: FileOperations,
    private readonly root: string,
  ) {}

  /** @throws CheckpointWriteError */
  async set(id: string): Promise<void> {
    const path = this.ownPath(id);
    try {
      await makeFolderDurably(this.operations, this.root);
      await (await this.operations.createFile(path)).close();
    } catch (error) {
      await this.clear(id).catch(() => undefined);
      throw new CheckpointWriteError(id, path, 'write', error);
    }
  }

  /** Takes the mark of this process back. */
  clear(id: string): Promise<void> {
    return this.operations.remove(this.ownPath(id));
  }

  /**
   * Whether a process still writes a checkpoint.
   * @returns `unknown` for one of another machine; `dead` also where there is no mark
   */
  async writerOf(id: string): Promise<'alive' | 'dead' | 'unknown'> {
    const prefix = `${MARK_PREFIX}${id}-`;
    const names = (await readdir(this.root)).filter((name) => name.startsWith(prefix));
    const fates = names.map((name) => {
      const writer = parseIdentity(name.slice(prefix.length));
      return writer === undefined ? 'dead' : fateOf(writer);
    });
    return (['alive', 'unknown'] as const).find((fate) => fates.includes(fate)) ?? 'dead';
  }

  private ownPath(id: string): string {
    return join(this.root, markName(id, ownIdentity()));
  }
}
