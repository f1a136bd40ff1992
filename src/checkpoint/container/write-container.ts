import { createHash, randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { systemErrorOf } from '../../common/system-error.js';
import { type WritableTensors, writeSafetensors, type WrittenFile } from '../../common/safetensors/index.js';
import { type CheckpointManifest, checkpointManifestSchema, CONTAINER_VERSION } from '../checkpoint-manifest.js';
import { CheckpointWriteError } from './checkpoint-write-error.js';
import { makeFolderDurably, writeAll, writeDurably } from './durable-files.js';
import type { FileOperations } from './file-operations.js';

export const MANIFEST_FILE = 'manifest.json';
/** Folders that start with this are unfinished: nobody reads them. The id of the checkpoint follows, then `-` and a random id. */
export const TEMPORARY_PREFIX = '.unfinished-';

/** What the caller knows of a checkpoint; the container adds its version and the list of files. */
export type ManifestDraft = Omit<CheckpointManifest, 'formatVersion' | 'files'>;

export interface WrittenContainer {
  readonly manifest: CheckpointManifest;
  /** SHA-256 of `manifest.json`, which holds those of all other files. */
  readonly manifestSha256: string;
  readonly bytes: number;
}

/**
 * Writes a checkpoint folder so that it appears whole or not at all: files into a folder of a temporary name, each
 * flushed; that folder flushed and renamed; its parent flushed. What is half-written is removed after an error.
 * @param folder final path; nothing may be there
 * @param files tensors by file name without extension
 * @throws CheckpointWriteError with the first error of the system
 */
export async function writeContainer(
  operations: FileOperations,
  folder: string,
  draft: ManifestDraft,
  files: Readonly<Record<string, WritableTensors>>,
): Promise<WrittenContainer> {
  const parent = dirname(folder);
  const temporary = join(parent, `${TEMPORARY_PREFIX}${basename(folder)}-${randomUUID()}`);
  const step = async <T>(name: string, path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw isOfWriting(error) ? new CheckpointWriteError(draft.id, path, name, error) : error;
    }
  };
  let place = temporary;
  try {
    await step('make', parent, () => makeFolderDurably(operations, parent));
    await step('make', temporary, () => operations.makeFolder(temporary));
    const written: Record<string, WrittenFile> = {};
    for (const [name, tensors] of Object.entries(files)) {
      const file = `${name}.safetensors`;
      const path = join(temporary, file);
      written[file] = await step('write', path, () =>
        writeDurably(operations, path, (handle) => writeSafetensors(handle, tensors, { format: 'pt' })),
      );
    }
    const manifest = checkpointManifestSchema.parse({ ...draft, formatVersion: CONTAINER_VERSION, files: written });
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    const path = join(temporary, MANIFEST_FILE);
    await step('write', path, () => writeDurably(operations, path, (file) => writeAll(file, text)));
    await step('flush', temporary, () => operations.syncFolder(temporary));
    await step('rename', folder, () => operations.rename(temporary, folder));
    place = folder;
    await step('flush', parent, () => operations.syncFolder(parent));
    const bytes = Object.values(written).reduce((sum, file) => sum + file.bytes, text.byteLength);
    return { manifest, manifestSha256: createHash('sha256').update(text).digest('hex'), bytes };
  } catch (error) {
    // What cannot be removed either has no record; the next start looks after it.
    await operations.remove(place).catch(() => undefined);
    throw error;
  }
}

/** An error of the system, but not of reading: that belongs to the source of the tensors. */
function isOfWriting(error: unknown): boolean {
  const found = systemErrorOf(error);
  return found !== undefined && found.call !== 'read';
}
