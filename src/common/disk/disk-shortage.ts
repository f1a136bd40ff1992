import { statfs } from 'node:fs/promises';

const MEGABYTE = 1024 * 1024;

export interface DiskSpace {
  /** Bytes that this user may still write. */
  readonly free: number;
  /** What was found, in words. */
  readonly found: string;
  /** What is missing and how to mend it; null if enough is free. */
  readonly shortage: string | null;
}

/**
 * Looks at the disk of a folder.
 * @param needed bytes that must be free
 * @throws if the folder does not exist
 */
export async function lookAtDisk(folder: string, needed: number): Promise<DiskSpace> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${megabytes(free)} MB free in ${folder}`;
  if (free >= needed) return { free, found, shortage: null };
  const mend = 'Delete old checkpoints or enlarge the disk; the floor is data.freeBytes (Q2L_DISK_FLOOR).';
  return { free, found, shortage: `${found}; at least ${megabytes(needed)} MB are needed. ${mend}` };
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / MEGABYTE);
}
