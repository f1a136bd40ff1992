import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { declareContent, type NamedValues } from '@query2label/engine';
import { isRecord } from '../../common/guards.js';
import { readSafetensors, SafetensorsError } from '../../common/safetensors/index.js';
import { type CheckpointManifest, checkpointManifestSchema } from '../checkpoint-manifest.js';
import { DamagedCheckpointError } from './container-error.js';
import { UnknownVersionError, upgradeManifest } from './manifest-versions.js';
import { MANIFEST_FILE } from './write-container.js';

/**
 * Reads and checks a manifest.
 * @param expectedSha256 as recorded when the checkpoint was written; `null` where no record exists
 * @throws DamagedCheckpointError
 */
export async function readManifest(folder: string, expectedSha256: string | null): Promise<CheckpointManifest> {
  const id = basename(folder);
  const fail = (fault: string): never => {
    throw new DamagedCheckpointError(id, MANIFEST_FILE, fault);
  };
  const bytes = await readFile(join(folder, MANIFEST_FILE)).catch((error: unknown) =>
    fail(`cannot be read (${codeOf(error)})`),
  );
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (expectedSha256 !== null && sha256 !== expectedSha256)
    fail(`has SHA-256 ${sha256}, but ${expectedSha256} was recorded`);
  const result = checkpointManifestSchema.safeParse(upgraded(bytes, fail));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return fail(`is not a manifest: ${issue === undefined ? 'unreadable' : `${issue.path.join('.')}: ${issue.message}`}`);
}

/**
 * Reads the tensors of one file of a checkpoint and verifies its size and SHA-256. Their arrays are known to the engine by that and must
 * not be changed.
 * @param name without extension
 * @throws DamagedCheckpointError
 */
export async function readTensors(folder: string, manifest: CheckpointManifest, name: string): Promise<NamedValues> {
  const file = `${name}.safetensors`;
  const fail = (fault: string): never => {
    throw new DamagedCheckpointError(manifest.id, file, fault);
  };
  const recorded = manifest.files[file] ?? fail('is not among its files');
  try {
    const { tensors, largeIntegers, sha256 } = await readSafetensors(join(folder, file));
    if (sha256 !== recorded.sha256) fail(`has SHA-256 ${sha256}, but ${recorded.sha256} was recorded`);
    const [foreign] = largeIntegers.keys();
    if (foreign !== undefined) fail(`holds whole numbers beyond 32 bits ("${foreign}"), which no checkpoint has`);
    for (const [tensor, { data }] of Object.entries(tensors)) declareContent(data, `${sha256} ${tensor}`);
    return tensors;
  } catch (error) {
    if (error instanceof SafetensorsError) return fail(`is damaged: ${error.fault}`);
    if (error instanceof DamagedCheckpointError) throw error;
    return fail(`cannot be read (${codeOf(error)})`);
  }
}

function upgraded(bytes: Buffer, fail: (fault: string) => never): unknown {
  try {
    return upgradeManifest(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    return fail(error instanceof UnknownVersionError ? error.message : 'is not JSON');
  }
}

function codeOf(error: unknown): string {
  if (isRecord(error) && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
