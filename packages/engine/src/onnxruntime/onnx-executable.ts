import type { Tensor } from 'onnxruntime-node';
import type { SharedSession } from '../cache/session-pool.js';
import type {
  CompilationReport,
  Executable,
  ExecutableSignature,
  NamedBatchedSpecs,
  NamedValues,
  TensorData,
  TensorValue,
} from '../engine.js';
import type { DrawThreads } from '../draws/draw-threads.js';
import { SharedDraws } from '../draws/shared-draws.js';
import { EngineError } from '../errors.js';
import type { LoweredProgram } from '../onnx/lowering/lower.js';
import type { ModelPort } from '../onnx/lowering/model-ports.js';
import { formDims, fromForm, plainForm, toForm } from '../onnx/lowering/state-form.js';
import type { StateForm } from '../onnx/lowering/state-form.js';
import { feedsOf, toFeed, toHost } from '../onnx/session.js';
import { SerialQueue } from '../serial-queue.js';
import type { UpdateSource } from '../updates/host-update.js';
import { HostUpdates } from '../updates/host-updates.js';
import type { UpdateThreads } from '../updates/update-threads.js';
import { checkInputs, checkValues, refuseUnknownNames, refuseUnwrittenState } from '../signature/check-values.js';
import type { OutputArrays } from './outputs/output-arrays.js';
import type { StateStore } from './state/state-store.js';

export interface CompiledProgram {
  readonly label: string;
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report: CompilationReport;
  readonly ports: Pick<LoweredProgram, 'inputs' | 'outputs' | 'stateForms' | 'draws' | 'updates'>;
  readonly session: SharedSession;
  readonly state: StateStore;
  readonly arrays: OutputArrays;
  readonly updateThreads: UpdateThreads;
  /** Where draws are computed as well. */
  readonly drawThreads?: DrawThreads;
  /** Told when the executable is disposed of. */
  readonly disposed: () => void;
}

/** A compiled program on ONNX Runtime. State lies in a store, in the form of the model, and is swapped after each run. */
export class OnnxExecutable implements Executable {
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report: CompilationReport;
  private readonly queue = new SerialQueue();
  private readonly state: StateStore;
  private readonly draws: SharedDraws;
  private readonly updates: HostUpdates;
  private session: SharedSession | undefined;

  constructor(private readonly compiled: CompiledProgram) {
    this.signature = compiled.signature;
    this.outputs = compiled.outputs;
    this.report = compiled.report;
    this.session = compiled.session;
    this.state = compiled.state;
    this.draws = new SharedDraws(compiled.ports.draws, compiled.drawThreads);
    this.updates = new HostUpdates(compiled.ports.updates, compiled.updateThreads);
  }

  run(inputs: NamedValues): Promise<NamedValues> {
    return this.queue.add(async () => {
      const session = this.started();
      checkInputs(this.compiled.label, inputs, this.signature.inputs);
      this.refuseUnwritten(Object.keys(this.signature.state));
      const { arrays } = this.compiled;
      const results = await arrays.run(session, await this.feeds(inputs), (port) =>
        port.role === 'update' ? this.placeOf(port) : undefined,
      );
      const outputs: Record<string, TensorValue> = {};
      const fresh: [string, Tensor][] = [];
      const forUpdates: Record<string, TensorData> = {};
      const used: TensorData[] = [];
      for (const port of this.compiled.ports.outputs) {
        const result = results[port.tensor];
        if (result === undefined) throw new EngineError(`ONNX Runtime returned nothing for "${port.name}".`);
        if (port.role === 'state') fresh.push([port.name, result]);
        else if (port.role === 'update') {
          const data = toHost(port, result);
          used.push(data);
          forUpdates[port.name] = port.part === undefined ? data : this.joined(port, data);
        } else outputs[port.name] = { dtype: port.dtype, shape: result.dims, data: toHost(port, result) };
      }
      await this.update(({ from, name }) => {
        if (from === 'state') return toHost({ name, dtype: 'float32' }, this.state.feed(name));
        const data = from === 'input' ? inputs[name]?.data : forUpdates[name];
        if (data === undefined) throw new EngineError(`An update lacks the ${from} value "${name}".`);
        return data;
      });
      arrays.release(used);
      for (const [name, result] of fresh) this.state.take(name, result);
      return outputs;
    });
  }

  readState(names: readonly string[] = Object.keys(this.signature.state)): Promise<NamedValues> {
    return this.queue.add(async () => {
      this.started();
      refuseUnknownNames(this.compiled.label, 'state entry', names, this.signature.state);
      this.refuseUnwritten(names);
      const values: Record<string, TensorValue> = {};
      for (const name of this.state.inReadingOrder(names)) values[name] = await this.readEntry(name);
      await this.state.settle();
      return values;
    });
  }

  writeState(values: NamedValues): Promise<void> {
    return this.queue.add(async () => {
      this.started();
      checkValues(this.compiled.label, 'state entry', values, this.signature.state);
      for (const [name, { dtype, shape, data }] of Object.entries(values)) {
        const form = this.formOf(name, shape);
        const moved = toForm(data, dtype, form);
        await this.state.write(name, dtype, formDims(form), this.own(name, moved, data));
      }
      await this.state.settle();
    });
  }

  dispose(): Promise<void> {
    return this.queue.add(async () => {
      const session = this.session;
      this.session = undefined;
      this.state.clear();
      this.updates.clear();
      this.compiled.disposed();
      await session?.release();
    });
  }

  /** Updates state, whose arrays are others afterwards. */
  private async update(dataOf: (source: UpdateSource) => TensorData): Promise<void> {
    const names = Object.keys(this.signature.state).filter((name) => this.updates.placeOf({ from: 'state', name }));
    await this.updates.apply(dataOf).catch((error: unknown) => {
      // Some of it is lost, so that the rest is of no use.
      this.state.clear();
      throw error;
    });
    for (const name of names) {
      const data = this.updates.placeOf({ from: 'state', name });
      if (data !== undefined) this.state.take(name, toFeed(this.state.feed(name).dims, data));
    }
  }

  private async feeds(inputs: NamedValues) {
    const ports = this.compiled.ports.inputs;
    const feeds = feedsOf(
      ports.filter(({ role }) => role === 'input'),
      inputs,
    );
    for (const port of ports) if (port.role === 'state') feeds[port.tensor] = this.stateFeed(port);
    const drawn = await this.draws.fill((name) => inputs[name]?.data ?? []);
    for (const { draw, data } of drawn) {
      const port = ports.find(({ role, name }) => role === 'draw' && name === draw.name);
      if (port !== undefined) feeds[port.tensor] = toFeed(draw.shape, data);
    }
    return feeds;
  }

  private stateFeed({ name, dtype, dims, part }: ModelPort): Tensor {
    const whole = this.state.feed(name);
    if (part === undefined) return whole;
    const fixed = dims.filter((extent) => typeof extent === 'number');
    return toFeed(fixed, toHost({ name, dtype }, whole).subarray(part.start, part.end));
  }

  /** Where an output that updates read is to be, until they run. */
  private placeOf({ name, part }: ModelPort): TensorData | undefined {
    const place = this.updates.placeOf({ from: 'graph', name });
    return part === undefined ? place : place?.subarray(part.start, part.end);
  }

  /** All of what an output is a part of, in its place. */
  private joined(port: ModelPort, data: TensorData): TensorData {
    const { name } = port;
    const [whole, place] = [this.updates.placeOf({ from: 'graph', name }), this.placeOf(port)];
    if (whole === undefined || place === undefined) throw new EngineError(`No update reads all of "${name}".`);
    if (data.buffer !== place.buffer) place.set(data);
    return whole;
  }

  /** An array for the values of a state entry that shares nothing with the given one. */
  private own(name: string, values: TensorData, given: TensorData): TensorData {
    const place = this.updates.placeOf({ from: 'state', name });
    if (place === undefined) return values === given ? values.slice() : values;
    place.set(values);
    return place;
  }

  private async readEntry(name: string): Promise<TensorValue> {
    const spec = this.signature.state[name];
    if (spec === undefined) throw new EngineError(`The state entry "${name}" has no value.`);
    const data = await this.state.read(name, spec.dtype);
    const logical = fromForm(data, spec.dtype, this.formOf(name, spec.shape));
    return { ...spec, data: logical === data ? data.slice() : logical };
  }

  private formOf(name: string, shape: readonly number[]): StateForm {
    return this.compiled.ports.stateForms.get(name) ?? plainForm(shape);
  }

  private refuseUnwritten(names: readonly string[]): void {
    refuseUnwrittenState(
      this.compiled.label,
      names.filter((name) => !this.state.has(name)),
    );
  }

  private started(): SharedSession {
    if (this.session !== undefined) return this.session;
    throw new EngineError(`Program "${this.compiled.label}" was disposed: compile it again to run it.`);
  }
}
