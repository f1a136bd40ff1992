import type { ArgumentValue, NodeValue, Value } from './value.js';
import { inputsOf } from './value.js';

/** A value that leaves the graph: an output of the program, the new value of the state entry of that name, or what updates on the host read. */
export interface GraphResult {
  readonly role: 'output' | 'state' | 'update';
  readonly name: string;
  readonly value: Value;
  /** The state entry whose layout in memory it takes. */
  readonly like?: string;
}

/** A recorded program: a static, side-effect-free dataflow graph. */
export interface Graph {
  /** Every argument of the program, used or not, in the order of its signature. */
  readonly arguments: readonly ArgumentValue[];
  /** The values that a result depends on; each comes after its inputs. */
  readonly values: readonly Value[];
  readonly results: readonly GraphResult[];
}

/** Keeps of the recorded values those that a result depends on. */
export function createGraph(declared: readonly ArgumentValue[], results: readonly GraphResult[]): Graph {
  return { arguments: declared, values: reachable(results.map((result) => result.value)), results };
}

function reachable(roots: readonly Value[]): readonly Value[] {
  const live = new Set<Value>();
  const pending = [...roots];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (live.has(value)) continue;
    live.add(value);
    pending.push(...inputsOf(value));
  }
  return [...live].sort((a, b) => a.id - b.id);
}

/** How often each value is used, by operations and as a result. */
export function countUses(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const value of graph.values) inputsOf(value).forEach(count);
  for (const result of graph.results) count(result.value);
  return uses;
}

/** The operations that read each value. */
export function usersOf(graph: Graph): ReadonlyMap<Value, readonly NodeValue[]> {
  const users = new Map<Value, NodeValue[]>();
  for (const user of graph.values) {
    if (user.kind !== 'node') continue;
    for (const input of inputsOf(user)) {
      const known = users.get(input);
      if (known === undefined) users.set(input, [user]);
      else known.push(user);
    }
  }
  return users;
}
