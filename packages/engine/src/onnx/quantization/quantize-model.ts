import type { OnnxModel, OnnxNode } from '../format/model.js';
import { quantizeWeights, transposed } from './channel-weights.js';
import type { ReadConstant } from './constant-tensors.js';
import { prune } from './prune.js';
import type { Range } from './quantization.js';
import { type ByteTensor, QuantizedGraph } from './quantized-graph.js';

const MICROSOFT = 'com.microsoft';

/**
 * Rewrites a model so that convolutions and matrix products with constant weights compute in 8 bits: activations as unsigned bytes, a
 * scale for each tensor; weights as signed ones, a scale for each output channel. Sums and maxima between them stay in bytes; all else is
 * computed in float32. The first convolution, which sees pictures, stays in float32 too, and so do depthwise ones: their sums are of few
 * products, in which errors of rounding do not even out, and they are a small part of the operations.
 * @param read gives the constants of the model; each weight is read when it is turned into bytes
 * @param rangeOf asked for each activation that becomes bytes
 */
export async function quantizeModel(
  model: OnnxModel,
  read: ReadConstant,
  rangeOf: (tensor: string) => Range,
): Promise<OnnxModel> {
  const graph = new QuantizedGraph(rangeOf);
  const consumers = consumersOf(model);
  const values = new Map(model.initializers.map(({ name, data }) => [name, data]));
  const folded = new Set<OnnxNode>();
  const first = model.nodes.find((node) => node.operator === 'Conv');

  /** What a node makes once the rectification after it is done on the way, for bytes cannot be less than zero point 0. */
  const rectified = (node: OnnxNode): string => {
    const [output] = node.outputs;
    const [next, ...others] = consumers.get(output) ?? [];
    if (next === undefined || others.length > 0 || !isRectification(next, values)) return output;
    folded.add(next);
    return next.outputs[0];
  };

  for (const node of model.nodes) {
    if (folded.has(node)) continue;
    if (node !== first && (await quantizeNode(node, { graph, read, rectified }))) continue;
    graph.keep(node);
  }
  return prune(graph.finish(model));
}

interface Quantizing {
  readonly graph: QuantizedGraph;
  readonly read: ReadConstant;
  readonly rectified: (node: OnnxNode) => string;
}

/** @returns whether the node was done in 8 bits */
async function quantizeNode(node: OnnxNode, quantizing: Quantizing): Promise<boolean> {
  switch (node.operator) {
    case 'Conv':
      return convolution(node, quantizing);
    case 'Gemm':
    case 'MatMul':
    case 'FusedMatMul':
      return product(node, quantizing);
    case 'Add':
      return sum(node, quantizing);
    case 'MaxPool':
      return maxima(node, quantizing);
    default:
      return false;
  }
}

async function convolution(node: OnnxNode, { graph, read, rectified }: Quantizing): Promise<boolean> {
  const [input, filterName, biasName] = node.inputs;
  const filter = await read(filterName);
  const bias = biasName === undefined ? undefined : await read(biasName);
  if (filter === undefined || (biasName !== undefined && bias === undefined)) return false;
  const [channels, channelsOfGroup] = filter.dims;
  if (channelsOfGroup === 1 && node.attributes.group !== undefined && node.attributes.group !== 1) return false;
  const { values, scales } = quantizeWeights(filter.data, channels, 'first');
  const x = graph.asBytes(input);
  const target = rectified(node);
  const y = graph.isBytes(target, graph.affineOf(target));
  const inputs = [x.name, graph.scale(x), graph.zero(x)];
  inputs.push(graph.table('int8', filter.dims, values), graph.table('float32', [channels], scales));
  inputs.push(graph.table('int8', [channels], new Int8Array(channels)), graph.scale(y), graph.zero(y));
  if (bias !== undefined) {
    const whole = Int32Array.from(bias.data, (value, channel) => Math.round(value / (x.scale * scales[channel])));
    inputs.push(graph.table('int32', [channels], whole));
  }
  graph.emit('QLinearConv', inputs, y.name, { attributes: node.attributes });
  return true;
}

/** Rows of bytes by a constant matrix, to float32: the next operation is seldom one of bytes, and the sums keep their precision. */
async function product(node: OnnxNode, { graph, read }: Quantizing): Promise<boolean> {
  const [input, matrixName, biasName] = node.inputs;
  const { alpha, transA = 0, transB = 0 } = node.attributes;
  if (!isOne(alpha) || transA !== 0) return false;
  const matrix = await read(matrixName);
  const bias = biasName === undefined ? undefined : await read(biasName);
  if (matrix?.dims.length !== 2 || (biasName !== undefined && bias?.dims.length !== 1)) return false;
  const turned = transB === 1;
  const [rows, columns] = turned ? [matrix.dims[1], matrix.dims[0]] : matrix.dims;
  const { values, scales } = quantizeWeights(matrix.data, columns, turned ? 'first' : 'last');
  const bytes = turned ? transposed(values, columns, rows) : values;
  const a = graph.asBytes(input);
  const inputs = [a.name, graph.table('int8', [rows, columns], bytes), graph.scale(a)];
  inputs.push(graph.table('float32', [columns], scales), graph.zero(a), '');
  if (bias !== undefined) inputs.push(biasName);
  const [output] = node.outputs;
  graph.emit('MatMulIntegerToFloat', inputs, output, { domain: MICROSOFT });
  graph.isFloat(output);
  return true;
}

/** Of two tensors that are bytes already. */
function sum(node: OnnxNode, { graph, rectified }: Quantizing): boolean {
  const [a, b] = node.inputs.map((input) => graph.bytesIfMade(input));
  if (a === undefined || b === undefined) return false;
  const target = rectified(node);
  const y = graph.isBytes(target, graph.affineOf(target));
  const parts = [a, b, y].flatMap((tensor: ByteTensor, index) => [
    ...(index < 2 ? [tensor.name] : []),
    ...[graph.scale(tensor), graph.zero(tensor)],
  ]);
  graph.emit('QLinearAdd', parts, y.name, { domain: MICROSOFT });
  return true;
}

/** The largest byte is the byte of the largest number. */
function maxima(node: OnnxNode, { graph }: Quantizing): boolean {
  const x = node.outputs.length === 1 ? graph.bytesIfMade(node.inputs[0]) : undefined;
  if (x === undefined) return false;
  const { scale, zero } = x;
  const y = graph.isBytes(node.outputs[0], { scale, zero });
  graph.emit('MaxPool', [x.name], y.name, { attributes: node.attributes });
  return true;
}

function isRectification(
  { operator, inputs }: OnnxNode,
  values: ReadonlyMap<string, ArrayLike<number | bigint>>,
): boolean {
  if (operator === 'Relu') return true;
  // What is clipped above is in the range that was measured after it.
  return operator === 'Clip' && Number(values.get(inputs[1])?.[0]) === 0;
}

function isOne(alpha: OnnxNode['attributes'][string] | undefined): boolean {
  return alpha === undefined || (typeof alpha === 'object' && 'float' in alpha && alpha.float === 1);
}

function consumersOf({ nodes, outputs }: OnnxModel): ReadonlyMap<string, readonly OnnxNode[]> {
  const consumers = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  // An output of the model is wanted as it is.
  for (const { name } of outputs) consumers.delete(name);
  return consumers;
}
