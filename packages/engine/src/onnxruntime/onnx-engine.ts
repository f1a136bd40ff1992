import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import type {
  CompileOptions,
  Engine,
  EngineDescription,
  EngineOptions,
  Executable,
  NamedSpecs,
  Program,
  ProgramSignature,
} from '../engine.js';
import { lowerBatches } from '../onnx/batch/lower-batches.js';
import { writeModel } from '../onnx/format/write-model.js';
import { explainProviderFailure } from '../onnx/providers.js';
import type { ModelPort } from '../onnx/lowering/lower.js';
import { startSession } from '../onnx/session.js';
import type { SessionOptions } from '../onnx/session.js';
import { checkSignature } from '../signature/check-signature.js';
import { checkThreads } from '../signature/check-threads.js';
import { traceBatches } from '../trace/trace-batches.js';
import { OnnxExecutable } from './onnx-executable.js';
import { chooseProviders } from './provider-choice.js';
import { DeviceCopies } from './state/device-copies.js';
import { DeviceState } from './state/device-state.js';
import { HostState } from './state/host-state.js';

/** Records programs, lowers them to ONNX and runs them on ONNX Runtime. */
export class OnnxEngine implements Engine {
  readonly description: EngineDescription;
  private readonly executables = new Set<Executable>();
  /** On a provider whose buffers hold state from run to run. */
  private readonly copies: DeviceCopies | undefined;

  private constructor(
    private readonly executionProviders: readonly string[],
    options: EngineOptions,
  ) {
    this.copies = keepsBuffers(this.executionProviders) ? new DeviceCopies(this.executionProviders) : undefined;
    const threads = checkThreads(options.threads ?? availableParallelism());
    this.description = {
      name: 'onnxruntime',
      version: env.versions.node ?? env.versions.common,
      device: this.executionProviders[0] ?? 'cpu',
      threads,
    };
  }

  /** @throws EngineError if an execution provider is unknown or was asked for by name and does not work here */
  static async start(options: EngineOptions): Promise<OnnxEngine> {
    return new OnnxEngine(await chooseProviders(options.executionProviders ?? ['cpu']), options);
  }

  async compile(program: Program, given: ProgramSignature, options: CompileOptions = {}): Promise<Executable> {
    const label = options.label ?? 'program';
    const signature = checkSignature(label, given);
    const times = [performance.now()];
    const { traces, outputs } = traceBatches(label, program, signature);
    times.push(performance.now());
    const { model, ...ports } = lowerBatches({ label, signature, outputs, graphs: traces }, given.constants);
    const bytes = writeModel(model, label);
    times.push(performance.now());
    const session = await this.start(label, bytes, {
      training: Object.keys(signature.state).length > 0,
      deviceOutputs: this.copies === undefined ? [] : stateOutputsOf(ports.outputs, signature.state),
    });
    times.push(performance.now());
    const [start = 0, traced = 0, lowered = 0, started = 0] = times;
    const report = {
      traceMilliseconds: traced - start,
      lowerMilliseconds: lowered - traced,
      sessionMilliseconds: started - lowered,
      kernels: traces[0].graph.values.filter((value) => value.kind === 'node').length,
      nodes: model.nodes.length,
    };
    const state = this.copies === undefined ? new HostState() : new DeviceState(this.copies);
    const executable = new OnnxExecutable({ label, signature, outputs, report, ports, session, state });
    this.executables.add(executable);
    return executable;
  }

  async dispose(): Promise<void> {
    for (const executable of this.executables) await executable.dispose();
    this.executables.clear();
    await this.copies?.dispose();
  }

  private async start(label: string, bytes: Uint8Array, options: Pick<SessionOptions, 'training' | 'deviceOutputs'>) {
    const { executionProviders } = this;
    try {
      return await startSession(bytes, { ...options, executionProviders, threads: this.description.threads });
    } catch (cause) {
      throw explainProviderFailure(label, executionProviders, cause);
    }
  }
}

/** onnxruntime-node hands out buffers of WebGPU; of the other providers it copies every output to the host. */
function keepsBuffers([preferred]: readonly string[]): boolean {
  return preferred === 'webgpu';
}

/** Tensors of the model that are new state; a device has no empty buffers. */
function stateOutputsOf(outputs: readonly ModelPort[], state: NamedSpecs): readonly string[] {
  return outputs
    .filter(({ role, name }) => role === 'state' && state[name]?.shape.includes(0) === false)
    .map(({ tensor }) => tensor);
}
