/** A training run that the command waited for ended, but not with success. */
export class RunNotSucceededError extends Error {
  constructor(runId: string, status: string, reason?: string | null) {
    super(`Training run ${runId} ended as ${status}${reason ? `: ${reason}` : '.'}`);
    this.name = 'RunNotSucceededError';
  }
}
