import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fateOf, ownIdentity, processIdentitySchema } from '../../common/process-identity.js';
import { CheckpointWriteError } from './checkpoint-write-error.js';
import { makeFolderDurably, writeAll } from './durable-files.js';
import type { FileOperations } from './file-operations.js';

/** Files that say which process is writing a checkpoint: this, then the checkpoint's id. */
export const MARK_PREFIX = '.writing-';

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
    const path = this.pathOf(id);
    try {
      await makeFolderDurably(this.operations, this.root);
      const file = await this.operations.createFile(path);
      try {
        await writeAll(file, Buffer.from(JSON.stringify(ownIdentity())));
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.clear(id).catch(() => undefined);
      throw new CheckpointWriteError(id, path, 'write', error);
    }
  }

  clear(id: string): Promise<void> {
    return this.operations.remove(this.pathOf(id));
  }

  /**
   * Whether a process still writes a checkpoint.
   * @returns `unknown` for one of another machine; `dead` also where there is no mark
   */
  async writerOf(id: string): Promise<'alive' | 'dead' | 'unknown'> {
    const text = await readFile(this.pathOf(id), 'utf8').catch(() => '');
    const identity = processIdentitySchema.safeParse(parsed(text));
    if (identity.success) return fateOf(identity.data);
    // A mark that is still empty is being written: it takes microseconds, or its process died right there.
    return stat(this.pathOf(id)).then(
      () => 'unknown',
      () => 'dead',
    );
  }

  private pathOf(id: string): string {
    return join(this.root, `${MARK_PREFIX}${id}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
