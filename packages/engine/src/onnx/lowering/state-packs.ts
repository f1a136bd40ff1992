import type { HostUpdate } from '../../updates/host-update.js';

/** State entries that lie one behind the other in one tensor, float32, each in its own form. */
export interface StatePack {
  /** Its name in the place of theirs. */
  readonly name: string;
  /** Elements of all. */
  readonly size: number;
  readonly members: readonly { readonly entry: string; readonly start: number; readonly end: number }[];
}

/** Updates that compute the same of arrays of any length, and for each of their state entries the pack that holds it, if there are several. */
export interface UpdateClass {
  readonly members: readonly HostUpdate[];
  readonly packs: readonly StatePack[];
}

/** Elements of a pack: 128 MiB, which every device of WebGPU binds. */
const MOST = 2 ** 25;

/**
 * Puts updates together that differ only in whose arrays they change, as those of an optimizer do: on a card, one operator then does for all
 * parameters what took one for each.
 * @param most elements of a pack
 */
export function packUpdates(updates: readonly HostUpdate[], most = MOST): readonly UpdateClass[] {
  const classes = new Map<string, HostUpdate[][]>();
  updates.forEach((update, index) => {
    const key = isPackable(update) ? keyOf(update) : String(index);
    const known = classes.get(key) ?? [];
    const last = known[known.length - 1];
    if (last !== undefined && sizeOfAll(last) + update.size <= most) last.push(update);
    else known.push([update]);
    classes.set(key, known);
  });
  let count = 0;
  return [...classes.values()].flat().map((members) => {
    const packs = members.length === 1 ? [] : packsOf(members, () => `pack ${count++}`);
    return { members, packs };
  });
}

/** Arrays that come from outside are not joined, and a number that is state belongs to another update. */
function isPackable({ size, reads, scalars }: HostUpdate): boolean {
  return size > 0 && reads.every(({ from }) => from !== 'input') && scalars.every(({ from }) => from !== 'state');
}

function keyOf({ reads, scalars, constants, steps, writes }: HostUpdate): string {
  const places = writes.map(({ name, value }) => [value, reads.findIndex((read) => isState(read, name))]);
  return JSON.stringify([reads.map(({ from }) => from), scalars, constants, steps, places]);
}

function isState({ from, name }: HostUpdate['reads'][number], entry: string): boolean {
  return from === 'state' && name === entry;
}

const sizeOfAll = (updates: readonly HostUpdate[]) => updates.reduce((sum, { size }) => sum + size, 0);

/** A pack for each state entry of the first update, with the entries in its place of the others. */
function packsOf(members: readonly HostUpdate[], nextName: () => string): readonly StatePack[] {
  const entries = members.map(entriesOf);
  return (entries[0] ?? []).map((_, place) => {
    let end = 0;
    const within = members.map(({ size }, index) => {
      const start = end;
      end += size;
      return { entry: entries[index]?.[place] ?? '', start, end };
    });
    return { name: nextName(), size: end, members: within };
  });
}

/** The state entries of an update: those read, then those that are only written. */
function entriesOf({ reads, writes }: HostUpdate): readonly string[] {
  const read = reads.flatMap(({ from, name }) => (from === 'state' ? [name] : []));
  return [...new Set([...read, ...writes.map(({ name }) => name)])];
}
