/** Something that is costly to load and holds memory until it is let go. */
export interface Disposable {
  dispose(): Promise<void>;
}

interface Held<Model> {
  readonly model: Promise<Model>;
  users: number;
}

/**
 * Keeps the models that were used last. Callers of a model that is being loaded share the load; a model in use is never let
 * go, so for a moment there may be more than the limit. A failed load is not remembered.
 */
export class ModelCache<Model extends Disposable> {
  /** Least recently used first. */
  private readonly held = new Map<string, Held<Model>>();

  constructor(
    private readonly limit: number,
    private readonly load: (id: string) => Promise<Model>,
  ) {}

  get ids(): readonly string[] {
    return [...this.held.keys()];
  }

  /** Loads the model if need be and lends it for the time of the work. */
  async use<Result>(id: string, work: (model: Model) => Promise<Result>): Promise<Result> {
    const entry = this.held.get(id) ?? { model: this.load(id), users: 0 };
    this.held.delete(id);
    this.held.set(id, entry);
    entry.users++;
    try {
      return await work(await this.loaded(id, entry));
    } finally {
      entry.users--;
      await this.trim();
    }
  }

  private async loaded(id: string, entry: Held<Model>): Promise<Model> {
    try {
      return await entry.model;
    } catch (error) {
      if (this.held.get(id) === entry) this.held.delete(id);
      throw error;
    }
  }

  private async trim(): Promise<void> {
    for (const [id, entry] of this.held) {
      if (this.held.size <= this.limit) return;
      if (entry.users > 0) continue;
      this.held.delete(id);
      await (await entry.model).dispose();
    }
  }
}
