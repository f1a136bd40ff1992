/** A sign of life that is repeated before a time is over. */
export interface Sign {
  readonly id: string;
  readonly leaseToken: string | null;
  /** Counts up, or changes, with each renewal. */
  readonly leaseRenewals: number;
  readonly leaseMilliseconds: number | null;
}

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
   * @param running all that are to be watched: runs that are claimed, workers that were announced
   * @param now milliseconds of the monotonic clock
   */
  expired<Watched extends Sign>(running: readonly Watched[], now = performance.now()): Watched[] {
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
