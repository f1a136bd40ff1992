import type { HostUpdate } from './host-update.js';

/** Updates of fewer elements than this, all together, are not worth a second thread. */
const WORTH_A_THREAD = 2 ** 16;

/**
 * Shares updates out among threads, about equally by the memory that they go through. Two that read the same array of the graph go to the same
 * thread, since an array can be in one thread only.
 * @returns at most so many lists, none of them empty
 */
export function shareOut(updates: readonly HostUpdate[], threads: number): readonly (readonly HostUpdate[])[] {
  const elements = updates.reduce((sum, update) => sum + elementsOf(update), 0);
  const most = Math.min(threads, Math.max(1, Math.floor(elements / WORTH_A_THREAD)));
  const shares = Array.from({ length: most }, () => ({ updates: new Array<HostUpdate>(), elements: 0 }));
  const groups = groupByArrays(updates).map((group) => ({
    group,
    elements: group.reduce((sum, update) => sum + elementsOf(update), 0),
  }));
  for (const { group, elements: size } of groups.toSorted((one, other) => other.elements - one.elements)) {
    const share = shares.reduce((least, each) => (each.elements < least.elements ? each : least));
    share.updates.push(...group);
    share.elements += size;
  }
  return shares.flatMap((share) => (share.updates.length === 0 ? [] : [share.updates]));
}

function elementsOf({ size, reads, writes }: HostUpdate): number {
  return size * (reads.length + writes.length);
}

function groupByArrays(updates: readonly HostUpdate[]): readonly (readonly HostUpdate[])[] {
  let groups: { readonly arrays: ReadonlySet<string>; readonly updates: readonly HostUpdate[] }[] = [];
  for (const update of updates) {
    const arrays = new Set(update.reads.flatMap(({ from, name }) => (from === 'graph' ? [name] : [])));
    const touched = groups.filter((group) => [...arrays].some((name) => group.arrays.has(name)));
    const joined = {
      arrays: new Set([...arrays, ...touched.flatMap((group) => [...group.arrays])]),
      updates: [...touched.flatMap((group) => group.updates), update],
    };
    groups = [...groups.filter((group) => !touched.includes(group)), joined];
  }
  return groups.map((group) => group.updates);
}
