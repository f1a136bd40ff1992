import type { HostDraw } from '../../draws/host-draw.js';
import { countUses } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import { rewriteGraph } from '../../graph/rewriter.js';
import type { NodeOf, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';

/**
 * The gradient of dropout behind a ReLU, where it comes from a matrix product: `(dy w) * mask` where `relu(x) * mask` is positive, else 0.
 * A mask is `scale` wherever that is so. Hence the same as `(scale dy) w` there, and the large mask is read once in a step, not twice.
 */
export function gateMaskedGradients(graph: Graph, draws: readonly HostDraw[]): Graph {
  const scales = new Map(draws.flatMap(({ name, mask }) => (mask === undefined ? [] : [[name, mask.scale] as const])));
  if (scales.size === 0) return graph;
  const uses = countUses(graph);
  const onlyUse = (value: Value | undefined): Value | undefined => (value && uses.get(value) === 1 ? value : undefined);
  const renewed = new Map<Value, readonly Value[]>();
  return rewriteGraph(graph, (node, inputs, builder) => {
    if (isNode(node, 'BatchMatMul')) renewed.set(node, inputs);
    if (!isNode(node, 'ReluGrad')) return undefined;
    const masked = onlyUse(node.inputs[0]);
    if (masked === undefined || !isNode(masked, 'Multiply')) return undefined;
    const mask = masked.inputs.find((value) => value.kind === 'argument' && value.role === 'draw');
    const scale = mask?.kind === 'argument' ? scales.get(mask.name) : undefined;
    const [, y] = node.inputs;
    const reads = y !== undefined && isNode(y, 'Multiply') && mask !== undefined && y.inputs.includes(mask);
    const given = onlyUse(masked.inputs.find((value) => value !== mask));
    const product = given && isNode(given, 'Reshape') ? onlyUse(given.inputs[0]) : given;
    if (!reads || scale === undefined || product === undefined || !isNode(product, 'BatchMatMul')) return undefined;
    const scaled = scaledProduct(product, renewed.get(product) ?? [], scale, builder);
    const [, output] = inputs;
    if (scaled === undefined || output === undefined) return undefined;
    return builder.node('ReluGrad', [builder.reshape(scaled, node.shape), output], {}, node.shape, node.dtype);
  });
}

/** A product whose smaller side is scaled. */
function scaledProduct(
  product: NodeOf<'BatchMatMul'>,
  [a, b]: readonly Value[],
  scale: number,
  builder: GraphBuilder,
): Value | undefined {
  if (a === undefined || b === undefined || product.dtype !== 'float32') return undefined;
  const times = (side: Value) =>
    builder.node('Multiply', [side, builder.splat(scale, side.shape, side.dtype)], {}, side.shape, side.dtype);
  const sides = sizeOf(a.shape) <= sizeOf(b.shape) ? [times(a), b] : [a, times(b)];
  return builder.node('BatchMatMul', sides, product.attributes, product.shape, product.dtype);
}
