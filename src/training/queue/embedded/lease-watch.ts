import type { TrainingRun } from '../../entities/index.js';

interface Sighting {
  readonly token: string | null;
  readonly renewals: number;
  /** When it was first seen so, by the monotonic clock. */
  readonly since: number;
}

/**
 * Tells which leases have run out: those that this process has seen unchanged for their whole length by its monotonic clock. No two clocks
 * are ever compared, so that a clock that jumps, here, at the worker or at the database, takes no run from a worker that lives.
 */
export class LeaseWatch {
  private sightings = new Map<string, Sighting>();

  /**
   * @param running all runs that are claimed
   * @param now milliseconds of the monotonic clock
   */
  expired(running: readonly TrainingRun[], now = performance.now()): TrainingRun[] {
    const before = this.sightings;
    this.sightings = new Map(
      running.map((run) => {
        const { id, leaseToken: token, leaseRenewals: renewals } = run;
        const known = before.get(id);
        const same = known !== undefined && known.token === token && known.renewals === renewals;
        return [id, same ? known : { token, renewals, since: now }];
      }),
    );
    return running.filter(({ id, leaseMilliseconds }) => {
      const sighting = this.sightings.get(id);
      return sighting !== undefined && now - sighting.since >= (leaseMilliseconds ?? 0);
    });
  }
}
