import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tryFault } from './support/fault-record.js';
import { outcomeOf } from './support/outcome.js';
import { PlatformUnderTest } from './support/platform-under-test.js';

const MEGABYTE = 1024 * 1024;
const RECIPE = {
  ...{ epochs: 20, batchSize: 4, learningRate: 1e-2, averageDecay: 0.9, earlyStopping: null, seed: 3 },
  ...{ augmentations: [{ name: 'slow', options: { milliseconds: 8 } }], checkpointEverySteps: 10 },
};

/** A disk of a few megabytes; null where this user may not mount one. */
function mountSmallDisk(megabytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'q2l-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true });
}

describe('a disk that fills up', () => {
  const disk = mountSmallDisk(48);
  const title =
    'pauses the run with a message, leaves everything whole, and goes on to the same bytes once there is room';

  (disk === null ? it.skip : it)(title, async () => {
    const folder = String(disk);
    const floor = 16 * MEGABYTE;
    const platform = await PlatformUnderTest.start('SQLite', { Q2L_DATA: folder, Q2L_DISK_FLOOR: String(floor) });
    const ready = async () => {
      const response = await fetch(`${platform.running.url}/health/ready`);
      return { status: response.status, text: await response.text() };
    };
    try {
      const undisturbed = await platform.train(RECIPE);
      expect(await platform.untilOver(undisturbed)).toMatchObject({ status: 'SUCCEEDED' });
      await tryFault('disk nearly full', 'SQLite', async () => {
        const id = await platform.train(RECIPE);
        await platform.until(id, ({ step }) => step >= 30);
        const { bavail, bsize } = await statfs(folder);
        const filler = join(folder, 'filler');
        await writeFile(filler, Buffer.alloc(bavail * bsize - floor + 2 * MEGABYTE));
        const paused = await platform.until(id, ({ status }) => status !== 'RUNNING');
        const message = expect.stringMatching(
          /^The disk is nearly full: \d+ MB free in .*; at least 16 MB are needed\./,
        );
        expect(paused).toMatchObject({ status: 'PAUSED', problem: message });
        expect(paused.transitions.at(-1)).toMatchObject({ to: 'PAUSED', cause: message });
        expect(await ready()).toMatchObject({ status: 503, text: expect.stringMatching(/at least 16 MB are needed/) });
        // Resumed too early, it rests again before it has done anything.
        await platform.change('resumeTrainingRun', id);
        await platform.until(id, ({ transitions }) => transitions.length > paused.transitions.length + 2);
        expect(await platform.run(id)).toMatchObject({ status: 'PAUSED', problem: message });
        await rm(filler);
        expect((await ready()).status).toBe(200);
        await platform.change('resumeTrainingRun', id);
        expect(await platform.untilOver(id)).toMatchObject({ status: 'SUCCEEDED', problem: null });
        expect(await outcomeOf(platform, id, 'LAST')).toEqual(await outcomeOf(platform, undisturbed, 'LAST'));
      });
    } finally {
      await platform.remove();
      unmount(folder);
    }
  });
});
