import { countUses } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import { rewriteGraph } from '../../graph/rewriter.js';
import type { NodeOf, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';

/** A slice of a value along one axis: what lies from `start` to `end`. */
interface Part {
  readonly pad: NodeOf<'Pad'>;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The gradient of a value that is read in slices, such as the joint projection of queries, keys and values, is a sum of slices with zeros
 * around them. Where they lie side by side it is their concatenation.
 */
export function joinSlices(graph: Graph): Graph {
  const uses = countUses(graph);
  const filled = new Map<Value, Value>();
  return rewriteGraph(graph, (node, inputs, builder) => {
    const [first] = inputs;
    if (isNode(node, 'Pad') && first !== undefined) filled.set(node, first);
    if (!isNode(node, 'Add')) return undefined;
    const parts = partsOf(node, uses)?.sort((a, b) => a.start - b.start);
    const axis = parts?.[0]?.axis;
    if (parts === undefined || axis === undefined || !fillWhole(parts, axis, node.shape[axis] ?? 0)) return undefined;
    const slices = parts.flatMap(({ pad }) => filled.get(pad) ?? []);
    return builder.node('Concat', slices, { axis }, node.shape, node.dtype);
  });
}

/** The slices that a sum consists of, if it consists of such alone, which nothing else reads. */
function partsOf(sum: NodeOf<'Add'>, uses: ReadonlyMap<Value, number>): Part[] | undefined {
  const parts: Part[] = [];
  for (const input of sum.inputs) {
    const found = uses.get(input) === 1 ? partsOfOperand(input, uses) : undefined;
    if (found === undefined) return undefined;
    parts.push(...found);
  }
  return parts;
}

function partsOfOperand(value: Value, uses: ReadonlyMap<Value, number>): readonly Part[] | undefined {
  if (isNode(value, 'Add')) return partsOf(value, uses);
  if (!isNode(value, 'Pad') || value.attributes.constant !== 0) return undefined;
  const { paddings } = value.attributes;
  const padded = paddings.flatMap(([before, after], axis) => (before + after > 0 ? [axis] : []));
  const [axis] = padded;
  if (axis === undefined || padded.length > 1) return undefined;
  const [before = 0, after = 0] = paddings[axis] ?? [];
  return [{ pad: value, axis, start: before, end: (value.shape[axis] ?? 0) - after }];
}

function fillWhole(parts: readonly Part[], axis: number, length: number): boolean {
  let reached = 0;
  for (const part of parts) {
    if (part.axis !== axis || part.start !== reached) return false;
    reached = part.end;
  }
  return reached === length;
}
