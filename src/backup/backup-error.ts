import { ExpectedError } from '../common/errors/index.js';

/** A backup that cannot be made or restored as things are. Nothing was changed, unless the message says so. */
export class BackupError extends ExpectedError {
  override readonly name = 'BackupError';

  constructor(message: string, help?: string) {
    super('BACKUP_REFUSED', message, { help });
  }
}
