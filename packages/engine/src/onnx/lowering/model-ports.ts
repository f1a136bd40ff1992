import type { AxisLength, TensorDataType } from '../../engine.js';
import { usersOf } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import type { HostDraw } from '../../draws/host-draw.js';
import type { Value } from '../../graph/value.js';
import type { OnnxPort } from '../format/model.js';
import type { LoweringContext } from './context.js';
import { castName } from './elementwise.js';
import type { Emitter } from './emitter.js';
import { inverseLayout } from './layout.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';
import { formDims, plainForm } from './state-form.js';
import type { StateForm } from './state-form.js';
import type { StatePack } from './state-packs.js';
import { partOf, partsOf, rowsOfSlice } from './state-parts.js';
import type { Range } from './state-parts.js';

/** A tensor that goes in or out of a compiled model. */
export interface ModelPort {
  readonly role: 'input' | 'state' | 'draw' | 'output' | 'update';
  /** Its name in the program. */
  readonly name: string;
  /** Its name in the model. */
  readonly tensor: string;
  readonly dtype: TensorDataType;
  /** Extents in memory. */
  readonly dims: readonly AxisLength[];
  /** The elements that it is of what has that name, where it is not all of them. */
  readonly part?: Range;
}

export type StateForms = ReadonlyMap<string, StateForm>;

/** A port as the model declares it. */
export function onnxPort({ tensor, dtype, dims }: ModelPort): OnnxPort {
  return { name: tensor, type: dtype, dims };
}

/**
 * The arguments that come from outside, as tensors of the model.
 * @param partly whether rows of a state entry may come in by themselves, where nothing else of it is read
 * @param truths draws that come in as bytes, without their scale
 * @param packs tensors that hold several state entries
 */
export function inputPorts(
  graph: Graph,
  emitter: Emitter,
  forms: StateForms,
  partly: boolean,
  truths: readonly HostDraw[],
  packs: readonly StatePack[],
) {
  const live = new Set<Value>(graph.values);
  const users = usersOf(graph);
  const results = new Set(graph.results.map(({ value }) => value));
  const ports = new Map<string, ModelPort>();
  const tensors = new Map<Value, Lowered>();
  const add = (port: ModelPort, value: Value, form: StateForm) => {
    ports.set(port.tensor, port);
    tensors.set(value, inUsualOrder(emitter, port.tensor, value, form));
  };
  for (const argument of graph.arguments) {
    if (!live.has(argument) || argument.role === 'constant') continue;
    const { role, name, shape, dtype } = argument;
    const form = stateFormOf(forms, role === 'state' ? name : undefined, shape);
    const pack =
      role === 'state' ? packs.find(({ members }) => members.some(({ entry }) => entry === name)) : undefined;
    const within = pack?.members.find(({ entry }) => entry === name);
    if (pack !== undefined && within !== undefined) {
      const port = packPort(pack, 'state');
      ports.set(port.tensor, port);
      const bounds = [[within.start], [within.end], [0]].map((list) => emitter.integers(list));
      const part = emitter.reshape(emitter.emit('Slice', [port.tensor, ...bounds]), formDims(form));
      tensors.set(argument, inUsualOrder(emitter, part, argument, form));
      continue;
    }
    const tensor = `${role}/${name}`;
    const mask = role === 'draw' ? truths.find((draw) => draw.name === name)?.mask : undefined;
    if (mask !== undefined) {
      ports.set(tensor, { role, name, tensor, dtype: 'bool', dims: shape });
      const kept = castName(emitter, tensor, 'float32');
      tensors.set(argument, lowered(emitter.emit('Mul', [kept, emitter.float(mask.scale)]), shape, dtype));
      continue;
    }
    const readers = partly && role === 'state' && !results.has(argument) ? (users.get(argument) ?? []) : [];
    const parts = readers.flatMap((slice) => {
      const part = partOf(form, shape, rowsOfSlice(slice));
      return part === undefined ? [] : [{ slice, ...part }];
    });
    if (parts.length === 0 || parts.length < readers.length) {
      add({ role, name, tensor, dtype, dims: formDims(form) }, argument, form);
      continue;
    }
    for (const { slice, rows, elements, form: ofPart } of parts) {
      const port = { role, name, tensor: `${tensor}[${rows.start}:${rows.end}]`, dtype };
      add({ ...port, dims: formDims(ofPart), part: elements }, slice, ofPart);
    }
  }
  return { inputs: [...ports.values()], tensors };
}

/**
 * What the graph results in, as outputs of the model.
 * @param partly whether what is joined of rows may leave the model row by row
 */
export function outputPorts(
  graph: Graph,
  emitter: Emitter,
  { get }: LoweringContext,
  forms: StateForms,
  partly: boolean,
): readonly ModelPort[] {
  return graph.results.flatMap((result) => {
    const { role, name, value } = result;
    const form = stateFormOf(forms, role === 'state' ? name : result.like, value.shape);
    const tensor = `${role}-out/${name}`;
    const leave = (port: ModelPort, given: Value, ofForm: StateForm): ModelPort => {
      const left = inMemory(emitter, get(given), ofForm);
      // updates take elements, whatever the shape
      const view = role === 'update' ? emitter.memoryOf(left) : undefined;
      emitter.emitNamed('Identity', [view?.name ?? left], port.tensor);
      return view === undefined ? port : { ...port, dims: view.dims };
    };
    const parts = partly ? partsOf(result, form) : [];
    if (parts.length > 0) {
      return parts.map(({ source, rows, elements, form: ofPart }) => {
        const port = { role, name, tensor: `${tensor}[${rows.start}:${rows.end}]`, dtype: value.dtype };
        return leave({ ...port, dims: formDims(ofPart), part: elements }, source, ofPart);
      });
    }
    return [leave({ role, name, tensor, dtype: value.dtype, dims: formDims(form) }, value, form)];
  });
}

/** A pack as a port. */
export function packPort({ name, size }: StatePack, prefix: string): ModelPort {
  return { role: 'state', name, tensor: `${prefix}/${name}`, dtype: 'float32', dims: [size] };
}

/** How a state entry lies in memory; plainly without a name. */
export function stateFormOf(forms: StateForms, entry: string | undefined, shape: readonly number[]): StateForm {
  return (entry === undefined ? undefined : forms.get(entry)) ?? plainForm(shape);
}

/** A tensor in the form of a state entry, as operations take it. */
function inUsualOrder(emitter: Emitter, tensor: string, { shape, dtype }: Value, form: StateForm): Lowered {
  const { order } = form;
  if (order === undefined) return lowered(tensor, shape, dtype, { layout: form.layout });
  const turned = emitter.emit('Transpose', [tensor], { attributes: { perm: inverseLayout(form.layout) } });
  const matrix = emitter.reshape(turned, shape);
  emitter.inBlocks[order].set(matrix, tensor);
  return lowered(matrix, shape, dtype);
}

/** A value as it lies in memory in the form of a state entry. */
export function inMemory(emitter: Emitter, value: Lowered, form: StateForm): string {
  const { order } = form;
  if (order === undefined) return emitter.physical(value, form.layout).name;
  const { name } = emitter.canonical(value);
  const inBlocks = emitter.inBlocks[order].get(name);
  if (inBlocks !== undefined) return inBlocks;
  return emitter.emit('Transpose', [emitter.reshape(name, form.shape)], { attributes: { perm: form.layout } });
}
