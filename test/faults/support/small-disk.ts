import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own, in memory. */
export interface SmallDisk {
  /** Mounts it anew for reading only, or for writing again. */
  setReadOnly(readOnly: boolean): void;
  unmount(): void;
}

/** Mounts a small disk on a folder. @returns undefined where this process may not mount */
export function mountSmallDisk(folder: string, bytes: number): SmallDisk | undefined {
  const options = (mode: string) => ['-t', 'tmpfs', '-o', `${mode}size=${bytes}`, 'tmpfs', folder];
  try {
    execFileSync('mount', options(''), { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return {
    setReadOnly: (readOnly) => void execFileSync('mount', options(`remount,${readOnly ? 'ro' : 'rw'},`), { stdio: 'ignore' }), // prettier-ignore
    unmount: () => void execFileSync('umount', [folder], { stdio: 'ignore' }),
  };
}

/** Whether this process may mount small disks: tests that need one are skipped by name elsewhere. */
export function canMountSmallDisk(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'q2l-mount-'));
  const disk = mountSmallDisk(folder, 64 * 1024);
  disk?.unmount();
  rmdirSync(folder);
  return disk !== undefined;
}
