import type { Graph } from '../../graph/graph.js';
import type { HostUpdate, UpdateOperation, UpdateSource } from '../../updates/host-update.js';
import type { LoweringContext } from './context.js';
import { inMemory, packPort, stateFormOf } from './model-ports.js';
import type { ModelPort, StateForms } from './model-ports.js';
import { formDims } from './state-form.js';
import type { StatePack, UpdateClass } from './state-packs.js';

const OPERATORS: Readonly<Record<UpdateOperation, string>> = {
  ...{ Add: 'Add', Maximum: 'Max', Minimum: 'Min', Multiply: 'Mul', Neg: 'Neg' },
  ...{ RealDiv: 'Div', Sqrt: 'Sqrt', Square: 'Mul', Sub: 'Sub' },
};

interface Parts {
  /** Without the updates; its results of the role `update` are what they read. */
  readonly graph: Graph;
  readonly context: LoweringContext;
  readonly forms: StateForms;
  readonly classes: readonly UpdateClass[];
  /** The ports that there are; those that updates need besides are added. */
  readonly inputs: ModelPort[];
}

/** Emits the updates of state, each class of them once, on packs of entries. @returns the ports of new state */
export function updatesInModel(parts: Parts): readonly ModelPort[] {
  parts.context.emitter.scope = 'update';
  return parts.classes.flatMap((each) => updateClass(each, parts));
}

function updateClass({ members, packs }: UpdateClass, parts: Parts): readonly ModelPort[] {
  const { emitter } = parts.context;
  const [first] = members;
  if (first === undefined) return [];
  const packOf = (entry: string) => packs.find((pack) => pack.members.some((member) => member.entry === entry));
  const reads = first.reads.map((source, place) => {
    if (source.from === 'state') return statePort(packOf(source.name) ?? source.name, parts);
    if (members.length === 1) return arrayOf(source, parts);
    const arrays = members.map(({ reads: own, size }) => emitter.reshape(arrayOf(own[place], parts), [size]));
    return emitter.emit('Concat', arrays, { attributes: { axis: 0 } });
  });
  const operands = [
    ...reads,
    ...first.scalars.map((source) => scalarOf(source, parts)),
    ...first.constants.map((value) => emitter.float(value)),
  ];
  for (const { operation, operands: positions } of first.steps) {
    const given = positions.map((position) => operands[position] ?? '');
    const inputs = operation === 'Square' ? [...given, ...given] : given;
    operands.push(emitter.emit(OPERATORS[operation], inputs));
  }
  return first.writes.map(({ name, value }) => {
    const port = portOf(packOf(name) ?? name, parts, 'state-out');
    emitter.emitNamed('Identity', [operands[value] ?? ''], port.tensor);
    return port;
  });
}

/** The tensor of a state entry or a pack, whose port is added if it is not there. */
function statePort(state: StatePack | string, parts: Parts): string {
  const port = portOf(state, parts, 'state');
  if (!parts.inputs.some(({ tensor }) => tensor === port.tensor)) parts.inputs.push(port);
  return port.tensor;
}

function portOf(state: StatePack | string, { graph, forms }: Parts, prefix: string): ModelPort {
  if (typeof state !== 'string') return packPort(state, prefix);
  const shape = graph.arguments.find(({ role, name }) => role === 'state' && name === state)?.shape ?? [];
  const dims = formDims(stateFormOf(forms, state, shape));
  return { role: 'state', name: state, tensor: `${prefix}/${state}`, dtype: 'float32', dims };
}

/** What an update reads besides state, in the order in which its state lies in memory. */
function arrayOf(source: UpdateSource | undefined, parts: Parts): string {
  if (source?.from === 'input') return inputTensor(source.name, parts);
  const { value, like } = resultOf(source, parts.graph);
  return inMemory(parts.context.emitter, parts.context.get(value), stateFormOf(parts.forms, like, value.shape));
}

/** A single number, without axes. */
function scalarOf(source: UpdateSource, parts: Parts): string {
  const { emitter, get } = parts.context;
  if (source.from === 'graph') {
    const { value } = resultOf(source, parts.graph);
    const { name } = emitter.canonical(get(value));
    return value.shape.length === 0 ? name : emitter.reshape(name, []);
  }
  const { from, name } = source;
  const tensor = from === 'input' ? inputTensor(name, parts) : statePort(name, parts);
  const shape = parts.graph.arguments.find((argument) => argument.role === from && argument.name === name)?.shape ?? [];
  return shape.length === 0 ? tensor : emitter.reshape(tensor, []);
}

function inputTensor(name: string, { graph, inputs }: Parts): string {
  const tensor = `input/${name}`;
  const argument = graph.arguments.find((each) => each.role === 'input' && each.name === name);
  if (argument !== undefined && !inputs.some((port) => port.tensor === tensor)) {
    inputs.push({ role: 'input', name, tensor, dtype: argument.dtype, dims: argument.shape });
  }
  return tensor;
}

function resultOf(source: HostUpdate['reads'][number] | undefined, { results }: Graph) {
  const result = results.find(({ role, name }) => role === 'update' && name === source?.name);
  if (result === undefined) throw new Error(`An update reads "${source?.name}", which the graph does not give`);
  return result;
}
