import { countUses } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import { rewriteGraph } from '../../graph/rewriter.js';
import type { NodeOf, NodeValue, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import { sameShape } from '../../tensor-value.js';
import { scaledFilterGradient, scaledInputGradient, scaleFilter } from './channel-scales.js';

/**
 * Rewrites a graph so that it runs faster: scales of channels move into the filters of the convolutions beside them, the
 * gradient of a ReLU becomes one operation that needs the ReLU's output alone, and a sum of squares one that keeps none of them.
 * @param anyBatchSize whether the graph is to be the same whatever the batch size that it was recorded at; default false
 */
export function fuse(graph: Graph, anyBatchSize = false): Graph {
  // The second round sees what the first has made.
  return fuseOnce(fuseOnce(graph, anyBatchSize), anyBatchSize);
}

function fuseOnce(graph: Graph, anyBatchSize: boolean): Graph {
  const uses = countUses(graph);
  const rectified = new Map<Value, Value>();
  const masked = new Map<Value, Masked>();
  return rewriteGraph(graph, (node, inputs, builder) => {
    const [a, b] = inputs;
    if (a === undefined) return undefined;
    if (node.operation === 'Relu') {
      const kept = builder.node('Relu', [a], {}, node.shape, node.dtype);
      rectified.set(a, kept);
      return kept;
    }
    if (node.operation === 'Step' && node.attributes.alpha === 0) {
      const output = rectified.get(a);
      return output && builder.node('Step', [output], node.attributes, node.shape, node.dtype);
    }
    if (node.operation === 'Sum' && isNode(a, 'Square') && a.dtype === 'float32') {
      return squaredSum(node, a.inputs, builder);
    }
    if (b === undefined) return undefined;
    if (node.operation === 'ReluGrad') return gateByMasked(node, a, masked.get(b), builder);
    if (node.operation === 'Multiply') {
      const mask = [a, b].find(isDraw);
      const rectifier = [a, b].find((value) => isNode(value, 'Relu') && sameShape(value.shape, node.shape));
      if (mask !== undefined && rectifier !== undefined) {
        const output = builder.node('Multiply', inputs, {}, node.shape, node.dtype);
        masked.set(rectifier, { mask, output });
        return output;
      }
      return (
        gateByRelu(node, a, b, builder) ??
        gateByRelu(node, b, a, builder) ??
        scaleFilter(node, inputs, uses, builder, anyBatchSize)
      );
    }
    if (node.operation === 'Conv2DBackpropInput') return scaledInputGradient(node, a, b, builder, anyBatchSize);
    if (node.operation === 'Conv2DBackpropFilter') return scaledFilterGradient(node, a, b, builder, anyBatchSize);
    return undefined;
  });
}

/** A sum of squares; of what is joined of parts, the sum of theirs, so that they need not be joined for it. */
function squaredSum(
  { attributes, shape, dtype }: NodeOf<'Sum'>,
  [x]: readonly Value[],
  builder: GraphBuilder,
): Value | undefined {
  if (x === undefined) return undefined;
  const isTotal = shape.length === 0 && attributes.axes.length === x.shape.length;
  const parts = isTotal && isNode(x, 'Concat') ? x.inputs : [x];
  return parts
    .map((part): Value => builder.node('SquaredSum', [part], attributes, shape, dtype))
    .reduce((sum, next) => builder.node('Add', [sum, next], {}, shape, dtype));
}

/** A ReLU's output times draws, which are never negative. */
interface Masked {
  readonly mask: Value;
  readonly output: Value;
}

function isDraw(value: Value): boolean {
  return value.kind === 'argument' && value.role === 'draw';
}

/**
 * Dropout behind a ReLU: where the mask is zero the gradient is zero already, elsewhere the masked output is positive where the ReLU's is.
 * So the latter need not be kept.
 */
function gateByMasked(node: NodeValue, dy: Value, masked: Masked | undefined, graph: GraphBuilder): Value | undefined {
  if (masked === undefined || !isNode(dy, 'Multiply') || !dy.inputs.includes(masked.mask)) return undefined;
  return graph.node('ReluGrad', [dy, masked.output], {}, node.shape, node.dtype);
}

/** `dy * step(relu(x))`. */
function gateByRelu(node: NodeValue, dy: Value, gate: Value, graph: GraphBuilder): Value | undefined {
  if (!isNode(gate, 'Step') || gate.attributes.alpha !== 0 || dy.kind === 'splat') return undefined;
  const [y] = gate.inputs;
  const fits =
    y !== undefined && isNode(y, 'Relu') && sameShape(dy.shape, node.shape) && sameShape(y.shape, node.shape);
  return fits && node.dtype === 'float32' ? graph.node('ReluGrad', [dy, y], {}, node.shape, node.dtype) : undefined;
}
