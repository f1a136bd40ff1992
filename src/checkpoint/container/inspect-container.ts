import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemErrorOf } from '../../common/system-error.js';
import { DamagedCheckpointError } from './container-error.js';
import { readManifest } from './read-container.js';
import { MANIFEST_FILE } from './write-container.js';

/** What a look at a folder found: all there, a file gone, or a file that is not as it was written. */
export type Inspection =
  | { readonly state: 'whole' }
  | { readonly state: 'missing'; readonly file: string }
  | { readonly state: 'damaged'; readonly file: string; readonly fault: string };

/**
 * Compares a folder with its record.
 * @param manifestSha256 as recorded
 * @param verify whether to read all bytes and compare their SHA-256; otherwise files are compared by their size
 */
export async function inspectContainer(folder: string, manifestSha256: string, verify: boolean): Promise<Inspection> {
  if ((await sizeOf(join(folder, MANIFEST_FILE))) === undefined) return { state: 'missing', file: MANIFEST_FILE };
  let files;
  try {
    ({ files } = await readManifest(folder, manifestSha256));
  } catch (error) {
    if (!(error instanceof DamagedCheckpointError)) throw error;
    return { state: 'damaged', file: error.file, fault: error.fault };
  }
  for (const [file, { bytes, sha256 }] of Object.entries(files)) {
    const path = join(folder, file);
    const size = await sizeOf(path);
    if (size === undefined) return { state: 'missing', file };
    if (size !== bytes) {
      return { state: 'damaged', file, fault: `has ${size} bytes, but ${bytes} were recorded` };
    }
    const found = verify ? await hashOf(path) : sha256;
    if (found !== sha256) {
      return { state: 'damaged', file, fault: `has SHA-256 ${found}, but ${sha256} was recorded` };
    }
  }
  return { state: 'whole' };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    const code = systemErrorOf(error)?.code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
