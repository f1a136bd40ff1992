import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../../src/common/guards.js';
import type { MetricSeen, PlatformUnderTest } from './platform-under-test.js';

/** What differs between two runs of the same recipe: who and when, and how fast. */
const OWN_FIELDS = ['id', 'runId', 'createdAt'];
const SPEED = 'images-per-second';

/** All that a run leaves behind, without what names it or tells the time. */
export interface Outcome {
  /** SHA-256 of each file, taken of the bytes on the disk. */
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly metrics: readonly MetricSeen[];
}

/** Reads the newest checkpoint of a kind and the history of the metrics. */
export async function outcomeOf(platform: PlatformUnderTest, runId: string, kind: 'LAST' | 'BEST'): Promise<Outcome> {
  const manifest = await platform.newestManifest(runId, kind);
  if (!isRecord(manifest.files) || typeof manifest.id !== 'string') throw new Error('This is not a manifest.');
  const files: Record<string, string> = {};
  for (const name of Object.keys(manifest.files)) {
    const bytes = await readFile(join(platform.data, 'checkpoints', manifest.id, name));
    files[name] = createHash('sha256').update(bytes).digest('hex');
  }
  const kept = Object.entries(manifest).filter(([key]) => !OWN_FIELDS.includes(key));
  const history = Array.isArray(manifest.metrics) ? manifest.metrics.filter((record) => !isSpeed(record)) : [];
  const metrics = (await platform.metrics(runId)).filter((record) => !isSpeed(record));
  return { files, manifest: { ...Object.fromEntries(kept), metrics: history }, metrics };
}

function isSpeed(record: unknown): boolean {
  return isRecord(record) && record.name === SPEED;
}
