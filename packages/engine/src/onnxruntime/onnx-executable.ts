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
import { HostDraws } from '../draws/host-draws.js';
import { EngineError } from '../errors.js';
import { identityLayout, inverseLayout, permuteData, physicalDims } from '../onnx/lowering/layout.js';
import type { Layout } from '../onnx/lowering/layout.js';
import type { LoweredProgram } from '../onnx/lowering/lower.js';
import { feedsOf, toFeed, toHost } from '../onnx/session.js';
import { SerialQueue } from '../serial-queue.js';
import { HostUpdates } from '../updates/host-updates.js';
import { checkInputs, checkValues, refuseUnknownNames, refuseUnwrittenState } from '../signature/check-values.js';
import type { OutputArrays } from './outputs/output-arrays.js';
import type { StateStore } from './state/state-store.js';

export interface CompiledProgram {
  readonly label: string;
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report: CompilationReport;
  readonly ports: Pick<LoweredProgram, 'inputs' | 'outputs' | 'stateLayouts' | 'draws' | 'updates'>;
  readonly session: SharedSession;
  readonly state: StateStore;
  readonly arrays: OutputArrays;
}

/** A compiled program on ONNX Runtime. State lies in a store, in the layout of the model, and is swapped after each run. */
export class OnnxExecutable implements Executable {
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report: CompilationReport;
  private readonly queue = new SerialQueue();
  private readonly state: StateStore;
  private readonly draws: HostDraws;
  private readonly updates: HostUpdates;
  private session: SharedSession | undefined;

  constructor(private readonly compiled: CompiledProgram) {
    this.signature = compiled.signature;
    this.outputs = compiled.outputs;
    this.report = compiled.report;
    this.session = compiled.session;
    this.state = compiled.state;
    this.draws = new HostDraws(compiled.ports.draws);
    this.updates = new HostUpdates(compiled.ports.updates);
  }

  run(inputs: NamedValues): Promise<NamedValues> {
    return this.queue.add(async () => {
      const session = this.started();
      checkInputs(this.compiled.label, inputs, this.signature.inputs);
      this.refuseUnwritten(Object.keys(this.signature.state));
      const { arrays } = this.compiled;
      const results = await arrays.run(session, this.feeds(inputs));
      const outputs: Record<string, TensorValue> = {};
      const fresh: [string, Tensor][] = [];
      const forUpdates: Record<string, TensorData> = {};
      for (const port of this.compiled.ports.outputs) {
        const result = results[port.tensor];
        if (result === undefined) throw new EngineError(`ONNX Runtime returned nothing for "${port.name}".`);
        if (port.role === 'state') fresh.push([port.name, result]);
        else if (port.role === 'update') forUpdates[port.name] = toHost(port, result);
        else outputs[port.name] = { dtype: port.dtype, shape: result.dims, data: toHost(port, result) };
      }
      this.updates.apply(({ from, name }) => {
        if (from === 'state') return toHost({ name, dtype: 'float32' }, this.state.feed(name));
        const data = from === 'input' ? inputs[name]?.data : forUpdates[name];
        if (data === undefined) throw new EngineError(`An update lacks the ${from} value "${name}".`);
        return data;
      });
      const ports = this.compiled.ports.outputs.filter(({ role }) => role === 'update');
      arrays.takeBack(new Map(ports.map(({ name, tensor }) => [tensor, forUpdates[name]])));
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
      for (const name of names) values[name] = await this.readEntry(name);
      return values;
    });
  }

  writeState(values: NamedValues): Promise<void> {
    return this.queue.add(async () => {
      this.started();
      checkValues(this.compiled.label, 'state entry', values, this.signature.state);
      for (const [name, { dtype, shape, data }] of Object.entries(values)) {
        const layout = this.layoutOf(name, shape.length);
        const moved = permuteData(data, dtype, shape, layout);
        await this.state.write(name, dtype, physicalDims(shape, layout), moved === data ? data.slice() : moved);
      }
    });
  }

  dispose(): Promise<void> {
    return this.queue.add(async () => {
      const session = this.session;
      this.session = undefined;
      this.state.clear();
      await session?.release();
    });
  }

  private feeds(inputs: NamedValues) {
    const ports = this.compiled.ports.inputs;
    const feeds = feedsOf(
      ports.filter(({ role }) => role === 'input'),
      inputs,
    );
    for (const port of ports) if (port.role === 'state') feeds[port.tensor] = this.state.feed(port.name);
    const drawn = this.draws.fill((name) => inputs[name]?.data ?? []);
    for (const { draw, data } of drawn) {
      const port = ports.find(({ role, name }) => role === 'draw' && name === draw.name);
      if (port !== undefined) feeds[port.tensor] = toFeed(draw.shape, data);
    }
    return feeds;
  }

  private async readEntry(name: string): Promise<TensorValue> {
    const spec = this.signature.state[name];
    if (spec === undefined) throw new EngineError(`The state entry "${name}" has no value.`);
    const data = await this.state.read(name, spec.dtype);
    const layout = this.layoutOf(name, spec.shape.length);
    const logical = permuteData(data, spec.dtype, physicalDims(spec.shape, layout), inverseLayout(layout));
    return { ...spec, data: logical === data ? data.slice() : logical };
  }

  private layoutOf(name: string, rank: number): Layout {
    return this.compiled.ports.stateLayouts.get(name) ?? identityLayout(rank);
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
