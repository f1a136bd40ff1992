import { ExpectedError } from '../../common/errors/index.js';

/** A checkpoint folder that is not whole: missing, damaged, or of a version that this platform does not know. */
export class DamagedCheckpointError extends ExpectedError {
  override readonly name = 'DamagedCheckpointError';

  /**
   * @param checkpoint id of the checkpoint
   * @param file the file that is at fault
   * @param fault what is wrong with it
   */
  constructor(
    readonly checkpoint: string,
    readonly file: string,
    readonly fault: string,
  ) {
    super('DAMAGED_CHECKPOINT', `Checkpoint ${checkpoint} cannot be used: ${file} ${fault}.`, {
      help: 'Restore the folder from a backup, or choose another checkpoint of the run.',
      details: { checkpoint, file, fault },
    });
  }
}
