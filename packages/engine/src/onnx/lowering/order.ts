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

/**
 * How many nodes each one depends on, itself included. Loops without functions for each word: there are as many words as there are pairs of nodes,
 * a hundred millions of pairs for a step of training of a large transformer, divided by 32.
 */
function countNeeded(nodes: readonly OnnxNode[]): ReadonlyMap<OnnxNode, number> {
  const words = Math.ceil(nodes.length / BITS);
  const needed = new Map<string, Uint32Array>();
  const counts = new Map<OnnxNode, number>();
  nodes.forEach((node, position) => {
    const set = new Uint32Array(words);
    // What a node reads stands before it: none of the words behind its own has a bit.
    const last = Math.floor(position / BITS);
    for (const name of node.inputs) {
      const other = needed.get(name);
      if (other === undefined) continue;
      for (let word = 0; word <= last; word++) set[word] |= other[word] ?? 0;
    }
    set[last] |= 1 << (position % BITS);
    let count = 0;
    for (let word = 0; word <= last; word++) count += bitsIn(set[word] ?? 0);
    counts.set(node, count);
    for (const name of node.outputs) needed.set(name, set);
  });
  return counts;
}

/** The ones among 32 bits: those of each pair, of each four, of each eight, and the sum of the four eights. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
