import type { OnnxNode } from '../format/model.js';

/**
 * Orders the nodes of a model so that ONNX Runtime, which does not compute them in this order, holds values for a short time.
 *
 * It walks from what nobody reads, the last first, to the inputs, and of what a node reads it computes first what stands last. So nodes stand here by
 * the number of others that they depend on: a filter that is brought into blocks for one convolution is computed just before it, not at the beginning
 * of the run, and of a sum over the gradients of all layers the part that is further. What nobody reads stands the other way round behind the others:
 * it is computed as soon as it can be.
 *
 * @param nodes each behind what it reads, as in the result
 */
export function orderNodes(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const counts = countNeeded(nodes);
  const countOf = (node: OnnxNode): number => counts.get(node) ?? 0;
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const isRead = ({ outputs }: OnnxNode): boolean => outputs.some((name) => read.has(name));
  return [
    ...nodes.filter(isRead).sort((one, other) => countOf(one) - countOf(other)),
    ...nodes.filter((node) => !isRead(node)).sort((one, other) => countOf(other) - countOf(one)),
  ];
}

const BITS = 32;

/** How many nodes each one depends on, itself included. */
function countNeeded(nodes: readonly OnnxNode[]): ReadonlyMap<OnnxNode, number> {
  const words = Math.ceil(nodes.length / BITS);
  const needed = new Map<string, Uint32Array>();
  return new Map(
    nodes.map((node, position) => {
      const set = new Uint32Array(words);
      for (const name of node.inputs) needed.get(name)?.forEach((bits, word) => (set[word] = (set[word] ?? 0) | bits));
      const word = Math.floor(position / BITS);
      set[word] = (set[word] ?? 0) | (1 << (position % BITS));
      for (const name of node.outputs) needed.set(name, set);
      return [node, set.reduce((sum, bits) => sum + bitsIn(bits), 0)] as const;
    }),
  );
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
