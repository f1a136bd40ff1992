import type { NamedValues } from '../../engine.js';
import type { Graph } from '../../graph/graph.js';
import type { OperationName } from '../../graph/operations.js';
import type { ArgumentValue, NodeOf, NodeValue, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import type { OnnxModel } from '../format/model.js';
import type { HostDraw } from '../../draws/host-draw.js';
import { splitDraws } from '../../draws/split-draws.js';
import type { HostUpdate } from '../../updates/host-update.js';
import { splitUpdates } from '../../updates/split-updates.js';
import { findBiasFusions } from './bias-fusion.js';
import type { BiasFusion } from './bias-fusion.js';
import { chooseBlockedState, NO_BLOCKED_STATE } from './blocked-state.js';
import type { BlockedState } from './blocked-state.js';
import type { Lowering, LoweringContext } from './context.js';
import { convolution } from './convolution.js';
import { Emitter } from './emitter.js';
import { feedForward, findFeedForwards } from './feed-forward.js';
import type { FeedForward } from './feed-forward.js';
import { fuse } from './fuse.js';
import { joinSlices } from './join-slices.js';
import { keepInBlocks } from './keep-in-blocks.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';
import { gateMaskedGradients } from './masked-gradient.js';
import { matrixProduct } from './matmul.js';
import { inputPorts, onnxPort, outputPorts } from './model-ports.js';
import type { ModelPort } from './model-ports.js';
import { LOWERINGS } from './registry.js';
import type { StateForm } from './state-form.js';
import { chooseStateForms } from './state-layouts.js';
import { packUpdates } from './state-packs.js';
import type { StatePack } from './state-packs.js';
import { updatesInModel } from './updates-in-model.js';

export interface LoweredProgram {
  readonly model: OnnxModel;
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** State entries that lie in memory otherwise than a program sees them, whether the model uses them or not. */
  readonly stateForms: ReadonlyMap<string, StateForm>;
  /** What is to be drawn on the host before each run of the model. */
  readonly draws: readonly HostDraw[];
  /** What is left to do on the host after each run of the model. */
  readonly updates: readonly HostUpdate[];
  /** State entries that lie in tensors of several. */
  readonly packs: readonly StatePack[];
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
  /** Threads that will run the model. @default 1 */
  readonly threads?: number;
  /** Windows over pictures are fetched by tables of places, which hold for one batch size. @default false */
  readonly tapsByIndex?: boolean;
  /** Channels in a block of the convolutions that pairs of constant layers are computed as; left out, they are products. */
  readonly feedForwardBlock?: number;
  /** Uses operators of the ONNX standard alone. @default false */
  readonly standardOnly?: boolean;
  /**
   * Lowers for a graphics card: each operator is one that WebGPU has a kernel for where there is a choice, since every other one costs a copy
   * to the host and back, and few operators that do much are better than many. @default false
   */
  readonly forCard?: boolean;
  /** State entries that are updated alike lie in one tensor, and the model updates them at once; not together with `updatesOnHost`. @default false */
  readonly packedState?: boolean;
}

/** Turns a recorded program into an ONNX model; constants become part of it. */
export function lower(recorded: Graph, constants: NamedValues, options: LoweringOptions = {}): LoweredProgram {
  const joined = joinSlices(recorded);
  const apart = options.updatesOnHost === true || options.packedState === true;
  const split = apart ? splitUpdates(joined) : { graph: joined, updates: [] };
  const drawn = options.drawsOnHost === true ? splitDraws(split.graph) : { graph: split.graph, draws: [] };
  const { channelBlock: block } = options;
  const fused = gateMaskedGradients(fuse(drawn.graph, options.anyBatchSize), drawn.draws);
  const blockedState = (graph: Graph): BlockedState =>
    block === undefined || options.updatesOnHost !== true
      ? NO_BLOCKED_STATE
      : chooseBlockedState(graph, split.updates, { block, threads: options.threads ?? 1 });
  const graph = block === undefined ? fused : keepInBlocks(fused, block, blockedState(fused).plans);
  const { orders, plans } = blockedState(graph);
  const { forCard = false } = options;
  const emitter = new Emitter(options.standardOnly ?? forCard, block, options.tapsByIndex, forCard);
  const stateForms = chooseStateForms(recorded, orders, block);
  const live = new Set<Value>(graph.values);
  const values = new Map<Value, Lowered>();
  const constantValues = findConstants(graph);
  const learnedFrom = new Set(
    graph.values.flatMap((value) => (isNode(value, 'Conv2DBackpropFilter') ? value.inputs.slice(0, 1) : [])),
  );
  const context: LoweringContext = {
    emitter,
    get: (value) => {
      const known = values.get(value);
      if (known === undefined) throw new Error(`Value ${value.id} is used before it is lowered`);
      return known;
    },
    isConstant: (value) => constantValues.has(value),
    isLearnedFrom: (image) => learnedFrom.has(image),
    planOf: (product) => plans.get(product),
  };
  for (const argument of graph.arguments) {
    if (argument.role === 'constant' && live.has(argument)) {
      values.set(argument, lowerConstant(emitter, argument, constants));
    }
  }
  const partly = options.updatesOnHost === true;
  const draws = drawn.draws.map((draw) => (forCard && draw.mask !== undefined ? { ...draw, asTruths: true } : draw));
  const truths = draws.filter(({ asTruths }) => asTruths);
  const classes = options.packedState === true ? packUpdates(split.updates) : [];
  const packs = classes.flatMap((each) => each.packs);
  const { inputs, tensors } = inputPorts(graph, emitter, stateForms, partly, truths, packs);
  for (const [value, tensor] of tensors) values.set(value, tensor);
  const fusions = findBiasFusions(graph);
  const { feedForwardBlock } = options;
  const pairs: ReadonlyMap<Value, FeedForward> =
    feedForwardBlock === undefined
      ? new Map()
      : findFeedForwards({ graph, fusions, constants: constantValues, block: feedForwardBlock });
  const deferred = new Set<Value>([
    ...[...fusions.values()].map(({ product }) => product).map((product) => nodeIn(graph, product)),
    ...[...pairs.values()].flatMap(({ within }) => within),
  ]);
  for (const value of graph.values) {
    if (value.kind === 'argument' || deferred.has(value) || values.has(value)) continue;
    const pair = pairs.get(value);
    if (value.kind === 'node') emitter.scope = `${value.operation}${value.id}`;
    values.set(value, pair === undefined ? lowerValue(value, context, fusions.get(value)) : feedForward(pair, context));
  }
  if (options.packedState !== true) {
    const outputs = outputPorts(graph, emitter, context, stateForms, partly);
    const model = emitter.finish(inputs.map(onnxPort), outputs.map(onnxPort));
    return { model, inputs, outputs, stateForms, draws, updates: split.updates, packs };
  }
  const kept = { ...graph, results: graph.results.filter(({ role }) => role !== 'update') };
  const updated = updatesInModel({ graph, context, forms: stateForms, classes, inputs });
  const outputs = [...outputPorts(kept, emitter, context, stateForms, partly), ...updated];
  const model = emitter.finish(inputs.map(onnxPort), outputs.map(onnxPort));
  return { model, inputs, outputs, stateForms, draws, updates: [], packs };
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
