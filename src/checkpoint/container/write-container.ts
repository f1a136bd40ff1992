import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type WritableTensors, writeSafetensors, type WrittenFile } from '../../common/safetensors/index.js';
import { type CheckpointManifest, checkpointManifestSchema, CONTAINER_VERSION } from '../checkpoint-manifest.js';
import { syncFolder, writeDurably } from './durable-files.js';

export const MANIFEST_FILE = 'manifest.json';
/** Folders that start with this are unfinished: nobody reads them, and they may be removed. */
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
 * flushed; that folder flushed and renamed; its parent flushed.
 * @param folder final path; must not exist
 * @param files tensors by file name without extension
 */
export async function writeContainer(
  folder: string,
  draft: ManifestDraft,
  files: Readonly<Record<string, WritableTensors>>,
): Promise<WrittenContainer> {
  const parent = dirname(folder);
  const temporary = join(parent, `${TEMPORARY_PREFIX}${basename(folder)}-${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  try {
    const written: Record<string, WrittenFile> = {};
    for (const [name, tensors] of Object.entries(files)) {
      const file = `${name}.safetensors`;
      written[file] = await writeDurably(join(temporary, file), (handle) =>
        writeSafetensors(handle, tensors, { format: 'pt' }),
      );
    }
    const manifest = checkpointManifestSchema.parse({ ...draft, formatVersion: CONTAINER_VERSION, files: written });
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    await writeDurably(join(temporary, MANIFEST_FILE), (handle) => handle.writeFile(text));
    await syncFolder(temporary);
    await rename(temporary, folder);
    await syncFolder(parent);
    const bytes = Object.values(written).reduce((sum, file) => sum + file.bytes, text.byteLength);
    return { manifest, manifestSha256: createHash('sha256').update(text).digest('hex'), bytes };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
