import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../../dataset/files/error-code.js';
import { HEADER_BYTES } from './feature-record.js';

/** What a folder of features says of itself, for people; its time of change is when the folder was last used. */
export const MANIFEST = 'manifest.json';
/** Folders begun and never finished are thrown away when they are as old as this, in milliseconds. */
const STALE = 3_600_000;
const INCOMING = 'incoming-';

const manifestSchema = z.looseObject({ valuesPerPicture: z.int().positive() });

/** All features of one backbone, as found on disk. */
export interface FeatureFolder {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUse: number;
}

/** Makes the folder of a configuration if there is none; it appears with its manifest or not at all. */
export async function createFeatureFolder(root: string, name: string, manifest: object): Promise<string> {
  const path = join(root, name);
  const temporary = join(root, `${INCOMING}${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  await writeFile(join(temporary, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(temporary, path).catch(async (error: unknown) => {
    await rm(temporary, { recursive: true, force: true });
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error;
  });
  return path;
}

/** The folders of all configurations. What has no readable manifest counts as never used: it cannot be told what it is for. */
export async function listFeatureFolders(root: string): Promise<FeatureFolder[]> {
  const names = await readdir(root).catch(() => []);
  const folders = await Promise.all(names.map((name) => measured(join(root, name))));
  return folders.filter((folder) => folder !== undefined);
}

async function measured(path: string): Promise<FeatureFolder | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return undefined;
  if (path.includes(INCOMING) && Date.now() - facts.mtimeMs < STALE) return undefined;
  const manifest = await readManifest(join(path, MANIFEST));
  if (manifest === undefined) return { path, bytes: 0, lastUse: 0 };
  const records = await countRecords(path);
  return { path, bytes: records * (HEADER_BYTES + 4 * manifest.valuesPerPicture), lastUse: manifest.lastUse };
}

async function readManifest(path: string): Promise<{ valuesPerPicture: number; lastUse: number } | undefined> {
  try {
    const { valuesPerPicture } = manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return { valuesPerPicture, lastUse: (await stat(path)).mtimeMs };
  } catch {
    return undefined;
  }
}

async function countRecords(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const shards = entries.filter((entry) => entry.isDirectory());
  const counts = await Promise.all(shards.map(({ name }) => readdir(join(path, name)).catch(() => [])));
  return counts.reduce((sum, records) => sum + records.length, 0);
}
