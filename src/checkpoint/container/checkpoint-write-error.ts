import { ExpectedError } from '../../common/errors/index.js';
import { systemErrorOf } from '../../common/system-error.js';

const CAUSES: Readonly<Record<string, { readonly words: string; readonly help: string }>> = {
  ENOSPC: { words: 'the disk is full', help: 'Free space on its disk' },
  EDQUOT: { words: 'the quota of the disk is used up', help: 'Free space or raise the quota' },
  EIO: { words: 'the disk reports a fault', help: 'Look at the system log, and replace the disk if it is failing' },
  EACCES: { words: 'permission is denied', help: 'Let the user of the platform write there' },
  EPERM: { words: 'the system does not permit it', help: 'Let the user of the platform write there' },
  EROFS: { words: 'the file system is read-only', help: 'Mount it for writing' },
  ENOTEMPTY: { words: 'something is there already', help: 'Move it away' },
  EEXIST: { words: 'something is there already', help: 'Move it away' },
};

/** A checkpoint could not be written. Nothing of it is recorded, and those before it are as they were. */
export class CheckpointWriteError extends ExpectedError {
  override readonly name = 'CheckpointWriteError';

  /**
   * @param checkpoint its id
   * @param path the file or folder at which it failed
   * @param step what was being done: `write`, `flush`, `rename`
   * @param cause the system's error
   */
  constructor(
    readonly checkpoint: string,
    readonly path: string,
    readonly step: string,
    cause: unknown,
  ) {
    const code = systemErrorOf(cause)?.code;
    const known = code === undefined ? undefined : CAUSES[code];
    const message = cause instanceof Error ? cause.message : String(cause);
    const words = known === undefined ? message : `${known.words} (${code})`;
    super('CHECKPOINT_NOT_WRITTEN', `Checkpoint ${checkpoint} was not written: cannot ${step} ${path}: ${words}.`, {
      help: `${known?.help ?? 'Mend the cause'}, then resume the run: it goes on from its last checkpoint, which is untouched.`,
      details: { checkpoint, path, step, ...(code !== undefined && { cause: code }) },
      cause,
    });
  }
}
