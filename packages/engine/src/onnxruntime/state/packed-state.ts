import type { Tensor } from 'onnxruntime-node';
import type { TensorData, TensorDataType } from '../../engine.js';
import type { StatePack } from '../../onnx/lowering/state-packs.js';
import type { StateStore } from './state-store.js';

interface Place {
  readonly pack: StatePack;
  readonly start: number;
  readonly end: number;
}

/** What was written of a pack and is not yet in the store. */
interface Unsettled {
  readonly data: Float32Array;
  readonly missing: Set<string>;
}

/** A store in which entries lie in packs: runs read and replace these, and entries are written and read by their own names. */
export class PackedState implements StateStore {
  private readonly places = new Map<string, Place>();
  private readonly unsettled = new Map<StatePack, Unsettled>();
  /** The pack that was read last, until anything changes. */
  private latest: { readonly pack: StatePack; readonly data: TensorData } | undefined;

  constructor(
    private readonly store: StateStore,
    packs: readonly StatePack[],
  ) {
    for (const pack of packs) {
      for (const { entry, start, end } of pack.members) this.places.set(entry, { pack, start, end });
    }
  }

  has(name: string): boolean {
    const place = this.places.get(name);
    if (place === undefined) return this.store.has(name);
    const unsettled = this.unsettled.get(place.pack);
    return unsettled === undefined ? this.store.has(place.pack.name) : !unsettled.missing.has(name);
  }

  feed(name: string): Tensor {
    return this.store.feed(name);
  }

  take(name: string, result: Tensor): void {
    this.latest = undefined;
    this.store.take(name, result);
  }

  async write(name: string, dtype: TensorDataType, dims: readonly number[], data: TensorData): Promise<void> {
    const place = this.places.get(name);
    if (place === undefined) return this.store.write(name, dtype, dims, data);
    const { pack, start } = place;
    const unsettled = this.unsettled.get(pack) ?? (await this.unsettle(pack));
    this.unsettled.set(pack, unsettled);
    unsettled.data.set(data, start);
    unsettled.missing.delete(name);
  }

  async read(name: string, dtype: TensorDataType): Promise<TensorData> {
    const place = this.places.get(name);
    if (place === undefined) return this.store.read(name, dtype);
    const { pack, start, end } = place;
    const unsettled = this.unsettled.get(pack);
    if (unsettled !== undefined) return unsettled.data.slice(start, end);
    if (this.latest?.pack !== pack) this.latest = { pack, data: await this.store.read(pack.name, dtype) };
    return this.latest.data.slice(start, end);
  }

  /** Entries of a pack one after the other, so that each pack is brought to the host once. */
  inReadingOrder(names: readonly string[]): readonly string[] {
    const packs = [...new Set([...this.places.values()].map(({ pack }) => pack))];
    const rank = (name: string) => packs.findIndex((pack) => pack === this.places.get(name)?.pack);
    return [...names].sort((a, b) => rank(a) - rank(b));
  }

  async settle(): Promise<void> {
    this.latest = undefined;
    for (const [pack, { data, missing }] of [...this.unsettled]) {
      if (missing.size > 0) continue;
      await this.store.write(pack.name, 'float32', [pack.size], data);
      this.unsettled.delete(pack);
    }
    await this.store.settle();
  }

  clear(): void {
    this.latest = undefined;
    this.unsettled.clear();
    this.store.clear();
  }

  private async unsettle(pack: StatePack): Promise<Unsettled> {
    this.latest = undefined;
    if (!this.store.has(pack.name)) {
      return { data: new Float32Array(pack.size), missing: new Set(pack.members.map(({ entry }) => entry)) };
    }
    return { data: Float32Array.from(await this.store.read(pack.name, 'float32')), missing: new Set() };
  }
}
