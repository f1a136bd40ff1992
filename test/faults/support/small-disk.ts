import { execFileSync } from 'node:child_process';

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
