import type { OnnxNode } from '../format/model.js';
import { BLOCKED } from './reorder.js';

/** Operators that move elements or change the shape, and nothing else. */
const MOVEMENTS: ReadonlySet<string> = new Set(['Reshape', 'ReorderInput', 'ReorderOutput']);

/**
 * Lets ONNX Runtime's internal convolutions do the ReLU behind them on the way, also behind a movement of what they give; it does so
 * itself only where it has put them in.
 */
export function fuseRelus(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const producers = new Map(nodes.map((node) => [node.name, node]));
  const uses = new Map<string, number>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const rectified = new Set<OnnxNode>();
  const renamed = new Map<string, string>();
  for (const relu of nodes) {
    if (relu.operator !== 'Relu') continue;
    const [given = ''] = relu.inputs;
    const source = sourceOf(given, producers, uses);
    if (source === undefined || rectified.has(source)) continue;
    rectified.add(source);
    renamed.set(relu.name, given);
  }
  return nodes
    .filter(({ name }) => !renamed.has(name))
    .map((node) => ({
      ...node,
      inputs: node.inputs.map((name) => renamed.get(name) ?? name),
      attributes: rectified.has(node) ? { ...node.attributes, activation: 'Relu' } : node.attributes,
    }));
}

/** The convolution in blocks that a tensor comes from by movements alone, if nothing else reads it on the way. */
function sourceOf(
  name: string,
  producers: ReadonlyMap<string, OnnxNode>,
  uses: ReadonlyMap<string, number>,
): OnnxNode | undefined {
  if (uses.get(name) !== 1) return undefined;
  const producer = producers.get(name);
  if (producer?.domain === BLOCKED && producer.operator === 'Conv') return producer;
  if (producer === undefined || !MOVEMENTS.has(producer.operator)) return undefined;
  return sourceOf(producer.inputs[0] ?? '', producers, uses);
}
