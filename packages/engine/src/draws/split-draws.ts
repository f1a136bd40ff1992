import { countUses, createGraph } from '../graph/graph.js';
import type { Graph } from '../graph/graph.js';
import { rewriteGraph } from '../graph/rewriter.js';
import type { ArgumentValue, NodeOf, Value } from '../graph/value.js';
import { isNode } from '../graph/value.js';
import { sameShape, sizeOf } from '../tensor-value.js';
import type { HostDraw } from './host-draw.js';

export interface SplitDraws {
  /** What is left to compile; each draw is an argument of it. */
  readonly graph: Graph;
  readonly draws: readonly HostDraw[];
}

/** Draws that are held at once; those beyond stay in the graph. */
const MOST_DRAWS = 2 ** 28;

/**
 * Takes random draws out of a graph whose key is an input: the hash of one draw is some twenty instructions, and as many passes over
 * memory where each is an operator. A mask of dropout, `cast(draw < p) * scale`, is taken as a whole.
 */
export function splitDraws(graph: Graph): SplitDraws {
  const uses = countUses(graph);
  const chosen = new Map<Value, Omit<HostDraw, 'name'>>();
  let held = 0;
  for (const value of graph.values) {
    if (!isNode(value, 'KeyedUniform')) continue;
    const [key] = value.inputs;
    held += sizeOf(value.shape);
    if (key?.kind !== 'argument' || key.role !== 'input' || held > MOST_DRAWS) continue;
    const draw = { key: key.name, salt: value.attributes.salt, shape: value.shape };
    const mask = maskOf(value, graph, uses);
    if (mask === undefined) chosen.set(value, draw);
    else chosen.set(mask.value, { ...draw, mask: { below: mask.below, scale: mask.scale } });
  }
  if (chosen.size === 0) return { graph, draws: [] };
  return replaceDraws(graph, chosen);
}

function replaceDraws(graph: Graph, chosen: ReadonlyMap<Value, Omit<HostDraw, 'name'>>): SplitDraws {
  const draws: HostDraw[] = [];
  const added: ArgumentValue[] = [];
  const rewritten = rewriteGraph(graph, (node, _inputs, builder) => {
    const draw = chosen.get(node);
    if (draw === undefined) return undefined;
    const name = String(draws.length);
    draws.push({ ...draw, name });
    const argument = builder.argument('draw', name, node.shape, node.dtype);
    added.push(argument);
    return argument;
  });
  return { graph: createGraph([...rewritten.arguments, ...added], rewritten.results), draws };
}

interface Mask {
  readonly value: Value;
  readonly below: number;
  readonly scale: number;
}

/** The mask that is all that a program makes of its draws. */
function maskOf(draw: NodeOf<'KeyedUniform'>, graph: Graph, uses: ReadonlyMap<Value, number>): Mask | undefined {
  const userOf = (value: Value): Value | undefined =>
    uses.get(value) === 1
      ? graph.values.find((user) => user.kind === 'node' && user.inputs.includes(value))
      : undefined;
  const compared = userOf(draw);
  if (compared === undefined || !isNode(compared, 'Less')) return undefined;
  const [left, below] = compared.inputs;
  if (left !== draw || below?.kind !== 'splat' || !sameShape(compared.shape, draw.shape)) return undefined;
  const kept = userOf(compared);
  if (kept === undefined || !isNode(kept, 'Cast') || kept.dtype !== 'float32') return undefined;
  const scaled = userOf(kept);
  if (scaled !== undefined && isNode(scaled, 'Multiply') && sameShape(scaled.shape, draw.shape)) {
    const scale = scaled.inputs.find((input) => input !== kept);
    if (scale?.kind === 'splat' && scale.value >= 0) return { value: scaled, below: below.value, scale: scale.value };
  }
  return { value: kept, below: below.value, scale: 1 };
}
