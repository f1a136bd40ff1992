import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type {
  CompilationReport,
  Executable,
  ExecutableSignature,
  NamedBatchedSpecs,
  NamedValues,
  TensorData,
  TensorValue,
} from '../engine.js';
import { EngineError } from '../errors.js';
import { inverseLayout, permuteData, physicalDims } from '../onnx/lowering/layout.js';
import type { LoweredProgram, ModelPort } from '../onnx/lowering/lower.js';
import { feedsOf, toFeed, toHost } from '../onnx/session.js';
import { SerialQueue } from '../serial-queue.js';
import { checkInputs, checkValues, refuseUnknownNames, refuseUnwrittenState } from '../signature/check-values.js';

export interface CompiledProgram {
  readonly label: string;
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report: CompilationReport;
  readonly ports: Pick<LoweredProgram, 'inputs' | 'outputs' | 'stateLayouts'>;
  readonly session: InferenceSession;
}

/** A compiled program on ONNX Runtime. State lies in host arrays, in the layout of the model, and is swapped after each run. */
export class OnnxExecutable implements Executable {
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report: CompilationReport;
  private readonly queue = new SerialQueue();
  private readonly state = new Map<string, TensorData>();
  private session: InferenceSession | undefined;

  constructor(private readonly compiled: CompiledProgram) {
    this.signature = compiled.signature;
    this.outputs = compiled.outputs;
    this.report = compiled.report;
    this.session = compiled.session;
  }

  run(inputs: NamedValues): Promise<NamedValues> {
    return this.queue.add(async () => {
      const session = this.started();
      checkInputs(this.compiled.label, inputs, this.signature.inputs);
      this.refuseUnwritten(Object.keys(this.signature.state));
      const results = await session.run(this.feeds(inputs));
      const outputs: Record<string, TensorValue> = {};
      for (const port of this.compiled.ports.outputs) {
        const result = results[port.tensor];
        const data = toHost(port, result);
        if (port.role === 'state') this.state.set(port.name, data);
        else outputs[port.name] = { dtype: port.dtype, shape: result?.dims ?? [], data };
      }
      return outputs;
    });
  }

  readState(names: readonly string[] = Object.keys(this.signature.state)): Promise<NamedValues> {
    return this.queue.add(() => {
      this.started();
      refuseUnknownNames(this.compiled.label, 'state entry', names, this.signature.state);
      this.refuseUnwritten(names);
      return Object.fromEntries(names.map((name) => [name, this.readEntry(name)]));
    });
  }

  writeState(values: NamedValues): Promise<void> {
    return this.queue.add(() => {
      this.started();
      checkValues(this.compiled.label, 'state entry', values, this.signature.state);
      for (const [name, { dtype, shape, data }] of Object.entries(values)) {
        const layout = this.compiled.ports.stateLayouts.get(name) ?? [];
        const moved = permuteData(data, dtype, shape, layout);
        this.state.set(name, moved === data ? data.slice() : moved);
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
    for (const port of ports) if (port.role === 'state') feeds[port.tensor] = this.stateFeed(port);
    return feeds;
  }

  private stateFeed({ name, layout }: ModelPort): Tensor {
    const [spec, data] = [this.signature.state[name], this.state.get(name)];
    if (spec === undefined || data === undefined) throw new EngineError(`The state entry "${name}" has no value.`);
    return toFeed(physicalDims(spec.shape, layout), data);
  }

  private readEntry(name: string): TensorValue {
    const spec = this.signature.state[name];
    const data = this.state.get(name);
    if (spec === undefined || data === undefined) throw new EngineError(`The state entry "${name}" has no value.`);
    const layout = this.compiled.ports.stateLayouts.get(name) ?? [];
    const logical = permuteData(data, spec.dtype, physicalDims(spec.shape, layout), inverseLayout(layout));
    return { ...spec, data: logical === data ? data.slice() : logical };
  }

  private refuseUnwritten(names: readonly string[]): void {
    refuseUnwrittenState(
      this.compiled.label,
      names.filter((name) => !this.state.has(name)),
    );
  }

  private started(): InferenceSession {
    if (this.session !== undefined) return this.session;
    throw new EngineError(`Program "${this.compiled.label}" was disposed: compile it again to run it.`);
  }
}
