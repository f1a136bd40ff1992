import { rm, statfs } from 'node:fs/promises';
import { formatBytes } from './format-bytes.js';
import { type FeatureFolder, listFeatureFolders } from './feature-folder.js';

/** Bytes of the disk that are never taken: the database and checkpoints need them. */
const RESERVE = 2 ** 30;
/** Bytes written before the folders are measured again, since other processes write too. */
const SLICE = 2 ** 28;
/** A folder that was used so lately belongs to a run that goes on, in milliseconds. */
const IN_USE = 600_000;

export interface FeatureRoomOptions {
  /** Where the folders of all configurations lie. */
  readonly root: string;
  /** The folder that is written to. */
  readonly own: string;
  /** Most bytes of all folders together. */
  readonly budget: number;
  /** Told once, when no more is taken. */
  readonly onFull: (reason: string) => void;
}

/** Says whether there is space for more features: within the budget and with a reserve on the disk. Makes space by throwing out what was not used longest. */
export class FeatureRoom {
  private left = 0;
  private full = false;
  private measuring: Promise<void> | undefined;

  constructor(private readonly options: FeatureRoomOptions) {}

  /** @returns whether so many bytes may be written */
  async take(bytes: number): Promise<boolean> {
    if (!this.full && this.left < bytes) {
      this.measuring ??= this.measure(bytes).finally(() => (this.measuring = undefined));
      await this.measuring;
    }
    if (this.full || this.left < bytes) return false;
    this.left -= bytes;
    return true;
  }

  /** Takes no more. */
  close(reason: string): void {
    if (this.full) return;
    this.full = true;
    this.options.onFull(reason);
  }

  private async measure(wanted: number): Promise<void> {
    const { root, own, budget } = this.options;
    const { bavail, bsize } = await statfs(own).catch(() => ({ bavail: 0, bsize: 0 }));
    const free = bavail * bsize - RESERVE;
    if (free < wanted) return this.close(`the disk has less than ${formatBytes(RESERVE)} to spare`);
    const folders = await listFeatureFolders(root);
    const used = await makeSpace(folders, own, budget - Math.min(SLICE, budget));
    this.left = Math.min(budget - used, free, SLICE);
    if (this.left < wanted) this.close(`the ${formatBytes(budget)} of Q2L_FEATURE_CACHE_BYTES are used up`);
  }
}

/** Throws out the folders that were not used longest until no more than `most` bytes are left, or nothing that may go. @returns bytes left */
async function makeSpace(folders: readonly FeatureFolder[], own: string, most: number): Promise<number> {
  let used = folders.reduce((sum, { bytes }) => sum + bytes, 0);
  const others = folders.filter(({ path }) => path !== own).sort((one, other) => one.lastUse - other.lastUse);
  for (const { path, bytes, lastUse } of others) {
    if (used <= most && lastUse > 0) break;
    if (Date.now() - lastUse < IN_USE) continue;
    await rm(path, { recursive: true, force: true });
    used -= bytes;
  }
  return used;
}
