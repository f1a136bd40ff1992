import { lookAtDisk } from '../../common/disk/index.js';
import { systemErrorOf } from '../../common/system-error.js';
import type { Configuration } from '../../config/index.js';
import type { RunLease } from '../queue/run-queue.js';
import type { RunEventName } from '../run-status.js';
import type { StopReason } from '../trainer/training-job.js';

/** Between two looks at what was asked of the run and at the disk, in milliseconds. */
const INTERVAL = 300;

const ENDINGS = {
  finished: { event: 'succeed', cause: 'trained to the end' },
  pause: { event: 'pause', cause: 'asked to pause' },
  cancel: { event: 'cancel', cause: 'asked to cancel' },
  drain: { event: 'interrupt', cause: 'its worker was asked to end' },
} as const;

/** Says when a run has to stop, and why. */
export class StopCheck {
  private last = -INTERVAL;
  private shortage: string | null = null;

  /** @param draining whether the process is asked to end */
  constructor(
    private readonly lease: RunLease,
    private readonly draining: () => boolean,
    private readonly data: Configuration['data'],
  ) {}

  /** Cheap enough to be called before every step. */
  async look(): Promise<StopReason | null> {
    if (this.draining()) return 'drain';
    if (performance.now() - this.last < INTERVAL) return null;
    this.last = performance.now();
    const requested = await this.lease.requested();
    if (requested !== null) return requested;
    this.shortage = (await lookAtDisk(this.data.folder, this.data.freeBytes)).shortage;
    return this.shortage === null ? null : 'disk';
  }

  /** What becomes of a run that stopped for this reason. */
  ending(reason: StopReason | 'finished'): { readonly event: RunEventName; readonly cause: string } {
    return reason === 'disk' ? diskEnding(this.shortage ?? '') : ENDINGS[reason];
  }
}

/** Whether the system says that a disk or a quota is used up, of a checkpoint that was being written, too. */
export function isDiskFull(error: unknown): boolean {
  const found = systemErrorOf(error) ?? (error instanceof Error ? systemErrorOf(error.cause) : undefined);
  return found?.code === 'ENOSPC' || found?.code === 'EDQUOT';
}

/** A run that finds its disk full rests, so that nothing is lost; it is for a person to make room and resume it. */
export function diskEnding(found: string): { readonly event: RunEventName; readonly cause: string } {
  return { event: 'pause', cause: `The disk is nearly full: ${found} Then resume the run.` };
}
