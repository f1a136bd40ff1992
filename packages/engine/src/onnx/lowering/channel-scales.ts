import type { GraphBuilder } from '../../graph/graph-builder.js';
import type { NodeValue, Value } from '../../graph/value.js';
import { inputsOf, isNode } from '../../graph/value.js';
import { sameShape, sizeOf } from '../../tensor-value.js';

/**
 * Whether a scale of an image's channels is better applied to the filter beside it: where the filter is the smaller, or constant, so that it is
 * scaled when the session starts; and in programs for any batch size, which do not know how large an image is.
 */
function isForFilter(image: Value, filter: Value, anyBatchSize: boolean): boolean {
  return anyBatchSize || sizeOf(filter.shape) <= sizeOf(image.shape) || !dependsOnState(filter);
}

function dependsOnState(value: Value): boolean {
  const seen = new Set<Value>();
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === 'argument' && next.role !== 'constant') return true;
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...inputsOf(next));
  }
  return false;
}

/** One factor for each channel: `[channels]`, or ones before it. */
function isChannelScale(scale: Value, channels: number | undefined): boolean {
  return scale.kind !== 'splat' && scale.shape.at(-1) === channels && sizeOf(scale.shape) === channels;
}

function asVector(scale: Value, graph: GraphBuilder): Value {
  return graph.reshape(scale, [scale.shape.at(-1) ?? 1]);
}

function scaled(filter: Value, scale: Value, graph: GraphBuilder): Value {
  return graph.node('Multiply', [filter, asVector(scale, graph)], {}, filter.shape, filter.dtype);
}

/** `conv(x, filter) * scale` is `conv(x, filter * scale)`. */
export function scaleFilter(
  node: NodeValue,
  inputs: readonly Value[],
  uses: ReadonlyMap<Value, number>,
  graph: GraphBuilder,
  anyBatchSize: boolean,
): Value | undefined {
  for (const position of [0, 1]) {
    const [convolution, scale] = [inputs[position], inputs[1 - position]];
    const old = node.inputs[position];
    if (convolution === undefined || scale === undefined || old === undefined) continue;
    if (!isNode(convolution, 'Conv2D') || uses.get(old) !== 1 || !isChannelScale(scale, convolution.shape[3])) continue;
    const [x, filter] = convolution.inputs;
    if (x === undefined || filter === undefined || !isForFilter(convolution, filter, anyBatchSize)) continue;
    return graph.node('Conv2D', [x, scaled(filter, scale, graph)], convolution.attributes, node.shape, node.dtype);
  }
  return undefined;
}

/** A gradient that is an image times a scale of its channels. */
function splitScale(dy: Value): { readonly image: Value; readonly scale: Value } | undefined {
  if (!isNode(dy, 'Multiply')) return undefined;
  for (const position of [0, 1]) {
    const [image, scale] = [dy.inputs[position], dy.inputs[1 - position]];
    if (image === undefined || scale === undefined) continue;
    if (sameShape(image.shape, dy.shape) && isChannelScale(scale, dy.shape[3])) return { image, scale };
  }
  return undefined;
}

export function scaledInputGradient(
  node: NodeValue,
  dy: Value,
  filter: Value,
  graph: GraphBuilder,
  anyBatchSize: boolean,
): Value | undefined {
  const parts = splitScale(dy);
  if (parts === undefined || node.operation !== 'Conv2DBackpropInput') return undefined;
  if (!isForFilter(dy, filter, anyBatchSize)) return undefined;
  const inputs = [parts.image, scaled(filter, parts.scale, graph)];
  return graph.node('Conv2DBackpropInput', inputs, node.attributes, node.shape, node.dtype);
}

export function scaledFilterGradient(
  node: NodeValue,
  x: Value,
  dy: Value,
  graph: GraphBuilder,
  anyBatchSize: boolean,
): Value | undefined {
  const parts = splitScale(dy);
  if (parts === undefined || node.operation !== 'Conv2DBackpropFilter') return undefined;
  if (!anyBatchSize && sizeOf(node.shape) > sizeOf(dy.shape)) return undefined;
  const plain = graph.node('Conv2DBackpropFilter', [x, parts.image], node.attributes, node.shape, node.dtype);
  return scaled(plain, parts.scale, graph);
}
