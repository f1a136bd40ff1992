import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupDescription, backupDescriptionSchema, CHECKSUM_FILE, DESCRIPTION_FILE } from './backup-description.js'; // prettier-ignore
import { BackupError } from './backup-error.js';
import { hashOf } from './hashed-files.js';

/** Reads what a backup holds, and verifies every byte of it. @throws BackupError naming the first file that is not as it was written */
export async function readBackup(folder: string): Promise<BackupDescription> {
  const text = await read(join(folder, DESCRIPTION_FILE));
  const checksum = (await read(join(folder, CHECKSUM_FILE))).toString().trim();
  const sha256 = createHash('sha256').update(text).digest('hex');
  if (sha256 !== checksum)
    throw damaged(DESCRIPTION_FILE, `has SHA-256 ${sha256}, but ${CHECKSUM_FILE} says ${checksum}`);
  const result = backupDescriptionSchema.safeParse(parsed(text));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw damaged(DESCRIPTION_FILE, `is not of a version that is read here: ${issue.path.join('.')}: ${issue.message}`);
  }
  for (const [path, recorded] of Object.entries(result.data.files)) {
    const size = await stat(join(folder, path)).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) throw damaged(path, 'is missing');
    if (size !== recorded.bytes) throw damaged(path, `has ${size} bytes, but ${recorded.bytes} were written`);
    const found = await hashOf(join(folder, path));
    if (found !== recorded.sha256) throw damaged(path, `has SHA-256 ${found}, but ${recorded.sha256} was written`);
  }
  return result.data;
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new BackupError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}. A backup is a folder that "q2l backup" wrote.`); // prettier-ignore
  });
}

function damaged(file: string, fault: string): BackupError {
  return new BackupError(`The backup is damaged: ${file} ${fault}. Nothing was restored.`, 'Take another backup.');
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}
