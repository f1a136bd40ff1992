import type { InferenceSession } from 'onnxruntime-node';

/** What an executable needs of a session. */
export type SharedSession = Pick<InferenceSession, 'run' | 'release'>;

interface Entry {
  readonly session: Promise<InferenceSession>;
  users: number;
}

/** The sessions of an engine by what they were compiled from: equal programs share one, which lives as long as one of them. */
export class SessionPool {
  private readonly entries = new Map<string, Entry>();

  /** @param start starts the session, if there is none; its failure is thrown to all who wait for it */
  async acquire(
    key: string,
    start: () => Promise<InferenceSession>,
  ): Promise<{ readonly session: SharedSession; readonly shared: boolean }> {
    const known = this.entries.get(key);
    const entry = known ?? { session: start(), users: 0 };
    entry.users++;
    this.entries.set(key, entry);
    try {
      const session = await entry.session;
      return {
        session: { run: session.run.bind(session), release: () => this.release(key, entry) },
        shared: known !== undefined,
      };
    } catch (error) {
      if (this.entries.get(key) === entry) this.entries.delete(key);
      throw error;
    }
  }

  private async release(key: string, entry: Entry): Promise<void> {
    entry.users--;
    if (entry.users > 0) return;
    this.entries.delete(key);
    await (await entry.session).release();
  }
}
