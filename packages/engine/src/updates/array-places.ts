type Floats = Float32Array<ArrayBuffer>;

const FLOAT_BYTES = 4;
/** Arrays begin at a line of the cache. */
const ALIGNMENT = 64;

/**
 * Places for arrays in memory that groups of them share: a group then moves to another thread as one piece. Where some hundred large pieces
 * arrive one by one, V8 collects garbage several times.
 */
export class ArrayPlaces {
  private readonly places = new Map<string, Floats>();
  private readonly groupOf = new Map<string, ReadonlyMap<string, number>>();

  /** @param groups the length of each array by its name; memory is taken when the first array of a group is asked for */
  constructor(groups: readonly ReadonlyMap<string, number>[]) {
    for (const group of groups) for (const name of group.keys()) this.groupOf.set(name, group);
  }

  /** Where an array lies now; its values are as they were left, zeros at first. @returns undefined if it has no place here */
  of(name: string): Floats | undefined {
    const group = this.groupOf.get(name);
    if (group !== undefined && !this.places.has(name)) this.take(group);
    return this.places.get(name);
  }

  /** Says where arrays lie after they have moved. */
  moved(arrays: ReadonlyMap<string, Floats>): void {
    for (const [name, data] of arrays) if (this.groupOf.has(name)) this.places.set(name, data);
  }

  /** Forgets all values. */
  clear(): void {
    this.places.clear();
  }

  private take(group: ReadonlyMap<string, number>): void {
    let end = 0;
    const starts = [...group].map(([name, length]) => {
      const start = end;
      end += Math.ceil((length * FLOAT_BYTES) / ALIGNMENT) * ALIGNMENT;
      return { name, length, start };
    });
    const memory = new ArrayBuffer(end);
    for (const { name, length, start } of starts) this.places.set(name, new Float32Array(memory, start, length));
  }
}
