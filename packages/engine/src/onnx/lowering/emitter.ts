import type { TensorData, TensorDataType } from '../../engine.js';
import type {
  OnnxAttribute,
  OnnxData,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxPort,
  OnnxType,
} from '../format/model.js';
import { fuseRelus } from './fused-relu.js';
import type { Layout } from './layout.js';
import { identityLayout, physicalDims, sameLayout } from './layout.js';
import type { Lowered } from './lowered.js';
import { isFull, lowered } from './lowered.js';
import { orderNodes } from './order.js';
import { moveBlocks } from './reorder.js';

export interface EmitOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: string;
}

/** Nodes within which a tensor is used again rather than made again. */
const SOON = 40;

/** A tensor and its extents. */
export interface MemoryView {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Builds the nodes and initializers of an ONNX model. */
export class Emitter {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers: OnnxInitializer[] = [];
  private readonly constants = new Map<string, string>();
  private nextId = 0;

  private readonly shared = new Map<string, { readonly name: string; readonly position: number }>();
  private readonly seen = new Map<string, MemoryView>();

  /**
   * Matrices that exist in blocks as well, by the name of the matrix in the usual order: in blocks of columns, `[columns / block, rows, block]`, or
   * of rows, `[rows / block, columns, block]`, zeros in the last.
   */
  readonly inBlocks = { columns: new Map<string, string>(), rows: new Map<string, string>() };

  /**
   * @param standardOnly whether to use operators of the ONNX standard alone, which every runtime has
   * @param channelBlock channels in a block of ONNX Runtime's internal operators, where they may be used
   * @param tapsByIndex whether windows over pictures are fetched by tables of places
   * @param forCard whether a graphics card will compute: many threads, none of which is fast
   */
  constructor(
    readonly standardOnly = false,
    readonly channelBlock?: number,
    readonly tapsByIndex = false,
    readonly forCard = false,
  ) {}

  /** What is being lowered: the beginning of the names of new nodes, for profiles. */
  scope = '';

  /** Adds a node with one output and returns the output's name. */
  emit(operator: string, inputs: readonly string[], options: EmitOptions = {}): string {
    const [output = ''] = this.emitMany(operator, inputs, 1, options);
    return output;
  }

  emitMany(operator: string, inputs: readonly string[], outputs: number, options: EmitOptions = {}): readonly string[] {
    const name = this.fresh(`${this.scope}/${operator}`);
    const names = Array.from({ length: outputs }, (_, index) => (index === 0 ? name : `${name}:${index}`));
    const { attributes = {}, domain = '' } = options;
    this.nodes.push({ operator, domain, name, inputs, outputs: names, attributes });
    return names;
  }

  fresh(prefix: string): string {
    return `${prefix}#${this.nextId++}`;
  }

  /** Adds a node whose output has a given name: an output of the model. */
  emitNamed(operator: string, inputs: readonly string[], output: string): void {
    this.nodes.push({ operator, domain: '', name: `out/${output}`, inputs, outputs: [output], attributes: {} });
  }

  initializer(name: string, type: OnnxType, dims: readonly number[], data: OnnxData): string {
    this.initializers.push({ name, type, dims, data });
    return name;
  }

  /** A one-dimensional int64 table, as shapes and axes are passed. */
  integers(values: readonly number[]): string {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  integer(value: number): string {
    return this.constant('int64', [], BigInt64Array.of(BigInt(value)));
  }

  float(value: number): string {
    return this.constant('float32', [], Float32Array.of(value));
  }

  unsigned(value: number): string {
    return this.constant('uint32', [], Uint32Array.of(value));
  }

  /** A number of an element type of programs. */
  number(dtype: TensorDataType, value: number): string {
    if (dtype === 'float32') return this.float(value);
    return dtype === 'int32'
      ? this.constant('int32', [], Int32Array.of(value))
      : this.constant('bool', [], Uint8Array.of(value));
  }

  table(dtype: TensorDataType, dims: readonly number[], data: TensorData): string {
    return this.initializer(this.fresh('table'), dtype, dims, data);
  }

  /** A small initializer, shared by all that want the same. */
  constant(type: OnnxType, dims: readonly number[], data: OnnxData): string {
    const key = `${type}[${dims.join(',')}]${Array.from<number | bigint, string>(data, exactText).join(',')}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(this.fresh('constant'), type, dims, data);
    this.constants.set(key, name);
    return name;
  }

  /** A large table, made once for all that name it by the same key. */
  tableOf(key: string, make: () => Omit<OnnxInitializer, 'name'>): string {
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const { type, dims, data } = make();
    const name = this.initializer(this.fresh('table'), type, dims, data);
    this.constants.set(key, name);
    return name;
  }

  reshape(name: string, dims: readonly number[]): string {
    const attributes: EmitOptions = dims.includes(0) ? { attributes: { allowzero: 1 } } : {};
    const shaped = this.emit('Reshape', [name, this.integers(dims)], attributes);
    const view = this.seen.get(name);
    if (view !== undefined) this.seen.set(shaped, view);
    return shaped;
  }

  /** A tensor in another shape; an initializer is declared so, which makes no copy of it when the session starts. */
  declaredAs(name: string, dims: readonly number[]): string {
    const found = this.initializers.find((initializer) => initializer.name === name);
    if (found === undefined) return this.reshape(name, dims);
    const other = `${name} as ${dims.join('x')}`;
    const known = this.initializers.some((initializer) => initializer.name === other);
    return known ? other : this.initializer(other, found.type, dims, found.data);
  }

  /** A tensor seen as another shape, with a note of what lies in memory: a result that nobody looks at need not be copied for it. */
  seenAs(dims: readonly number[], view: MemoryView): string {
    const name = this.reshape(view.name, dims);
    this.seen.set(name, view);
    return name;
  }

  /** A note of what lies in memory for a tensor itself, for when it is seen as another shape. */
  asItIs(view: MemoryView): string {
    this.seen.set(view.name, view);
    return view.name;
  }

  /** What {@link seenAs} was given for a tensor, or for one that it is another shape of. */
  memoryOf(name: string): MemoryView | undefined {
    return this.seen.get(name);
  }

  /** The same value in another layout; repetitions stay to be made. */
  toLayout(value: Lowered, layout: Layout): Lowered {
    if (sameLayout(value.layout, layout)) return value;
    const key = `layout ${layout.join(',')}`;
    const known = value.forms.get(key);
    if (known !== undefined) return known;
    const permutation = layout.map((axis) => value.layout.indexOf(axis));
    const dims = permutation.map((axis) => value.dims[axis] ?? 1);
    // Axes of one element may go anywhere: only the order of the others is a matter of memory.
    const moved = permutation.filter((axis) => value.dims[axis] !== 1);
    const inOrder = moved.every((axis, position) => position === 0 || (moved[position - 1] ?? 0) < axis);
    const name = inOrder
      ? this.reshape(value.name, dims)
      : (moveBlocks(this, value, permutation) ??
        this.emit('Transpose', [value.name], { attributes: { perm: permutation } }));
    const form = lowered(name, value.shape, value.dtype, { layout, dims });
    value.forms.set(key, form);
    return form;
  }

  /** The same value with every repetition made. */
  full(value: Lowered): Lowered {
    if (isFull(value) && (value.splat === undefined || value.dims.length === 0)) return value;
    const known = value.forms.get('full');
    if (known !== undefined) return known;
    const dims = physicalDims(value.shape, value.layout);
    const name = this.emit('Expand', [value.name, this.integers(dims)]);
    const form = lowered(name, value.shape, value.dtype, { layout: value.layout });
    value.forms.set('full', form);
    return form;
  }

  /** The value with all its elements, in a given layout. */
  physical(value: Lowered, layout: Layout): Lowered {
    return this.full(this.toLayout(value, layout));
  }

  /** The value with all its elements, in logical order. */
  canonical(value: Lowered): Lowered {
    return this.physical(value, identityLayout(value.shape.length));
  }

  /** The same value with leading axes of one element, to reach a rank. */
  withRank(value: Lowered, rank: number): Lowered {
    const missing = rank - value.shape.length;
    if (missing <= 0) return value;
    const key = `rank ${rank}`;
    const known = value.forms.get(key);
    if (known !== undefined) return known;
    const ones = new Array<number>(missing).fill(1);
    const dims = [...ones, ...value.dims];
    const layout = [...identityLayout(missing), ...value.layout.map((axis) => axis + missing)];
    const name = value.splat === undefined ? this.reshape(value.name, dims) : value.name;
    const form = lowered(name, [...ones, ...value.shape], value.dtype, { layout, dims, splat: value.splat });
    value.forms.set(key, form);
    return form;
  }

  /** Derives an ONNX tensor from a value once. */
  derive(value: Lowered, key: string, make: () => string): string {
    const known = value.derived.get(key);
    if (known !== undefined) return known;
    const name = make();
    value.derived.set(key, name);
    return name;
  }

  /**
   * Makes an ONNX tensor once for all that ask for it by the same key one after the other; later again, since it would be kept until then.
   * @param make gets whether it was made before; ONNX Runtime would make one of two that are computed alike
   */
  reuseSoon(key: string, make: (again: boolean) => string): string {
    const known = this.shared.get(key);
    if (known !== undefined && this.nodes.length - known.position < SOON) return known.name;
    const name = make(known !== undefined);
    this.shared.set(key, { name, position: this.nodes.length });
    return name;
  }

  /** A value of the given number everywhere; takes no memory. */
  splat(value: number, shape: readonly number[], dtype: TensorDataType): Lowered {
    return lowered(this.number(dtype, value), shape, dtype, { dims: shape.map(() => 1), splat: value });
  }

  /** The tensor behind a splat is a scalar; operators that need its rank get it here. */
  nameWithRank(value: Lowered): string {
    if (value.splat === undefined || value.dims.length === 0) return value.name;
    return this.derive(value, 'ranked', () => this.reshape(value.name, value.dims));
  }

  finish(inputs: readonly OnnxPort[], outputs: readonly OnnxPort[]): OnnxModel {
    const nodes = orderNodes(withoutCopies(fuseRelus(leadingTo(outputs, this.nodes))));
    const read = new Set(nodes.flatMap((node) => node.inputs));
    return { nodes, initializers: this.initializers.filter(({ name }) => read.has(name)), inputs, outputs };
  }
}

/** The nodes that an output depends on. */
function leadingTo(outputs: readonly OnnxPort[], nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const needed = new Set(outputs.map(({ name }) => name));
  const kept = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  return kept.reverse();
}

/** Lets a node write an output of the model itself, where a copy of its result would be one: ONNX Runtime keeps such copies. */
function withoutCopies(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const produced = new Set(nodes.flatMap(({ outputs }) => outputs));
  const names = new Map<string, string>();
  const kept = nodes.filter(({ operator, inputs: [source = ''], outputs: [target = ''] }) => {
    if (operator !== 'Identity' || !produced.has(source) || names.has(source)) return true;
    names.set(source, target);
    return false;
  });
  const rename = (list: readonly string[]) => list.map((name) => names.get(name) ?? name);
  return kept.map((node) => ({ ...node, inputs: rename(node.inputs), outputs: rename(node.outputs) }));
}

/** A key that tells -0 from 0 and holds any float exactly. */
function exactText(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
