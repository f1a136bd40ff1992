import type { AxisLength, NamedValues, TensorDataType } from '../../engine.js';
import type { Graph } from '../../graph/graph.js';
import type { OperationName } from '../../graph/operations.js';
import type { ArgumentValue, NodeOf, NodeValue, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import type { OnnxModel, OnnxPort } from '../format/model.js';
import type { HostDraw } from '../../draws/host-draw.js';
import { splitDraws } from '../../draws/split-draws.js';
import type { HostUpdate } from '../../updates/host-update.js';
import { splitUpdates } from '../../updates/split-updates.js';
import { findBiasFusions } from './bias-fusion.js';
import type { BiasFusion } from './bias-fusion.js';
import type { Lowering, LoweringContext } from './context.js';
import { convolution } from './convolution.js';
import { Emitter } from './emitter.js';
import { feedForward, findFeedForwards } from './feed-forward.js';
import type { FeedForward } from './feed-forward.js';
import { fuse } from './fuse.js';
import { joinSlices } from './join-slices.js';
import { keepInBlocks } from './keep-in-blocks.js';
import type { Layout } from './layout.js';
import { identityLayout, physicalDims } from './layout.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';
import { gateMaskedGradients } from './masked-gradient.js';
import { matrixProduct } from './matmul.js';
import { LOWERINGS } from './registry.js';
import { chooseStateLayouts } from './state-layouts.js';

/** A tensor that goes in or out of a compiled model. */
export interface ModelPort {
  readonly role: 'input' | 'state' | 'draw' | 'output' | 'update';
  /** Its name in the program. */
  readonly name: string;
  /** Its name in the model. */
  readonly tensor: string;
  readonly dtype: TensorDataType;
  readonly layout: Layout;
  /** Extents in memory. */
  readonly dims: readonly AxisLength[];
}

export interface LoweredProgram {
  readonly model: OnnxModel;
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** Layout of every state entry, in memory, whether the model uses it or not. */
  readonly stateLayouts: ReadonlyMap<string, Layout>;
  /** What is to be drawn on the host before each run of the model. */
  readonly draws: readonly HostDraw[];
  /** What is left to do on the host after each run of the model. */
  readonly updates: readonly HostUpdate[];
}

export interface LoweringOptions {
  /** Nothing is chosen by extents that follow the batch, so that models of several sizes can be compared. @default false */
  readonly anyBatchSize?: boolean;
  /** Updates of state element by element are left to the host: right where state lies in its memory. @default false */
  readonly updatesOnHost?: boolean;
  /** Random draws are left to the host: right where inputs lie in its memory. @default false */
  readonly drawsOnHost?: boolean;
  /** Channels in a block of ONNX Runtime's internal operators; none are used where it is left out. */
  readonly channelBlock?: number;
  /** Windows over pictures are fetched by tables of places, which hold for one batch size. @default false */
  readonly tapsByIndex?: boolean;
  /** Channels in a block of the convolutions that pairs of constant layers are computed as; left out, they are products. */
  readonly feedForwardBlock?: number;
  /** Uses operators of the ONNX standard alone. @default false */
  readonly standardOnly?: boolean;
}

/** Turns a recorded program into an ONNX model; constants become part of it. */
export function lower(recorded: Graph, constants: NamedValues, options: LoweringOptions = {}): LoweredProgram {
  const joined = joinSlices(recorded);
  const split = options.updatesOnHost === true ? splitUpdates(joined) : { graph: joined, updates: [] };
  const drawn = options.drawsOnHost === true ? splitDraws(split.graph) : { graph: split.graph, draws: [] };
  const { channelBlock } = options;
  const fused = gateMaskedGradients(fuse(drawn.graph, options.anyBatchSize), drawn.draws);
  const graph = channelBlock === undefined ? fused : keepInBlocks(fused, channelBlock);
  const emitter = new Emitter(options.standardOnly, channelBlock, options.tapsByIndex);
  const stateLayouts = chooseStateLayouts(recorded);
  const live = new Set<Value>(graph.values);
  const values = new Map<Value, Lowered>();
  const constantValues = findConstants(graph);
  const learnedFrom = new Set(
    graph.values.flatMap((value) => (isNode(value, 'Conv2DBackpropFilter') ? value.inputs.slice(0, 1) : [])),
  );
  const inputs: ModelPort[] = [];
  const context: LoweringContext = {
    emitter,
    get: (value) => {
      const known = values.get(value);
      if (known === undefined) throw new Error(`Value ${value.id} is used before it is lowered`);
      return known;
    },
    isConstant: (value) => constantValues.has(value),
    isLearnedFrom: (image) => learnedFrom.has(image),
  };
  for (const argument of graph.arguments) {
    if (!live.has(argument)) continue;
    if (argument.role === 'constant') {
      values.set(argument, lowerConstant(emitter, argument, constants));
      continue;
    }
    const layout =
      (argument.role === 'state' ? stateLayouts.get(argument.name) : undefined) ??
      identityLayout(argument.shape.length);
    const port = portOf(argument.role, argument.name, argument, layout);
    inputs.push(port);
    values.set(argument, lowered(port.tensor, argument.shape, argument.dtype, { layout }));
  }
  const fusions = findBiasFusions(graph);
  const block = options.feedForwardBlock;
  const pairs: ReadonlyMap<Value, FeedForward> =
    block === undefined ? new Map() : findFeedForwards({ graph, fusions, constants: constantValues, block });
  const deferred = new Set<Value>([
    ...[...fusions.values()].map(({ product }) => product).map((product) => nodeIn(graph, product)),
    ...[...pairs.values()].flatMap(({ within }) => within),
  ]);
  for (const value of graph.values) {
    if (value.kind === 'argument' || deferred.has(value)) continue;
    const pair = pairs.get(value);
    if (value.kind === 'node') emitter.scope = `${value.operation}${value.id}`;
    values.set(value, pair === undefined ? lowerValue(value, context, fusions.get(value)) : feedForward(pair, context));
  }
  const outputs = graph.results.map((result): ModelPort => {
    const entry = result.role === 'state' ? result.name : result.like;
    const layout =
      (entry === undefined ? undefined : stateLayouts.get(entry)) ?? identityLayout(result.value.shape.length);
    const port = portOf(result.role, result.name, result.value, layout, `${result.role}-out/${result.name}`);
    const { name } = emitter.physical(context.get(result.value), layout);
    // updates take elements, whatever the shape
    const view = result.role === 'update' ? emitter.memoryOf(name) : undefined;
    emitter.emitNamed('Identity', [view?.name ?? name], port.tensor);
    return view === undefined ? port : { ...port, dims: view.dims };
  });
  const model = emitter.finish(inputs.map(onnxPort), outputs.map(onnxPort));
  return { model, inputs, outputs, stateLayouts, draws: drawn.draws, updates: split.updates };
}

/** Values that depend on constants alone. */
function findConstants(graph: Graph): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const value of graph.values) {
    const known =
      value.kind === 'argument'
        ? value.role === 'constant'
        : value.kind !== 'node' || (value.inputs.length > 0 && value.inputs.every((input) => found.has(input)));
    if (known) found.add(value);
  }
  return found;
}

function nodeIn(graph: Graph, product: BiasFusion['product']): Value {
  const found = graph.values.find((value) => value.id === product.id);
  if (found === undefined) throw new Error('A fused product is not in its graph');
  return found;
}

function lowerValue(value: Value, context: LoweringContext, fusion: BiasFusion | undefined): Lowered {
  const { emitter } = context;
  switch (value.kind) {
    case 'splat':
      return emitter.splat(value.value, value.shape, value.dtype);
    case 'literal':
      return lowered(emitter.table(value.dtype, value.shape, value.data), value.shape, value.dtype);
    case 'argument':
      throw new Error(`The argument ${value.name} is not lowered as a value`);
    case 'node':
      if (fusion === undefined) return lowerNode(value, context);
      return fusion.product.operation === 'Conv2D'
        ? convolution(fusion.product, context, fusion.bias)
        : matrixProduct(fusion.product, context, fusion.bias);
  }
}

function lowerNode(node: NodeValue, context: LoweringContext): Lowered {
  return loweringOf(node.operation)(node, context);
}

/** The table's type pairs each operation with its own node type; a union of nodes needs the pairing undone. */
function loweringOf(operation: OperationName): (node: NodeOf<OperationName>, context: LoweringContext) => Lowered {
  return LOWERINGS[operation] as Lowering<OperationName>;
}

function lowerConstant(emitter: Emitter, argument: ArgumentValue, constants: NamedValues): Lowered {
  const value = constants[argument.name];
  if (value === undefined) throw new Error(`The constant ${argument.name} has no value`);
  const name = emitter.initializer(`constant/${argument.name}`, argument.dtype, argument.shape, value.data);
  return lowered(name, argument.shape, argument.dtype);
}

function portOf(
  role: ModelPort['role'],
  name: string,
  value: Value,
  layout: Layout,
  tensor = `${role}/${name}`,
): ModelPort {
  return {
    role,
    name,
    tensor,
    dtype: value.dtype,
    layout,
    dims: physicalDims(value.shape, layout),
  };
}

/** A port as the model declares it. */
export function onnxPort({ tensor, dtype, dims }: ModelPort): OnnxPort {
  return { name: tensor, type: dtype, dims };
}
