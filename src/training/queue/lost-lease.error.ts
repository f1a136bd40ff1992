/** The worker no longer owns its run: it was silent for too long, or the run was taken from it. It must stop at once. */
export class LostLeaseError extends Error {
  override readonly name = 'LostLeaseError';

  constructor(readonly runId: string) {
    super(`The lease on run ${runId} is lost; nothing more of it may be written.`);
  }
}
