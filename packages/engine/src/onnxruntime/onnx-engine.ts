import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import { ContentDigests } from '../cache/content-digest.js';
import type {
  CompileOptions,
  Engine,
  EngineDescription,
  EngineOptions,
  Executable,
  NamedValues,
  Program,
  ProgramSignature,
} from '../engine.js';
import { DrawThreads } from '../draws/draw-threads.js';
import { QuantizationError } from '../errors.js';
import { lowerBatches } from '../onnx/batch/lower-batches.js';
import { writeModel } from '../onnx/format/write-model.js';
import { hostNodesOnWebGpu } from '../onnx/host-nodes.js';
import { applyQuantization } from '../onnx/quantization/apply.js';
import type { Quantization, RangeRule } from '../onnx/quantization/quantization.js';
import type { LoweredProgram } from '../onnx/lowering/lower.js';
import type { ModelPort } from '../onnx/lowering/model-ports.js';
import { checkSignature } from '../signature/check-signature.js';
import { checkThreads } from '../signature/check-threads.js';
import { traceBatches } from '../trace/trace-batches.js';
import { calibrateProgram } from './calibrate-program.js';
import { channelBlock } from './channel-block.js';
import { OnnxExecutable } from './onnx-executable.js';
import { CopiedOutputs, type OutputArrays, PlacedOutputs } from './outputs/output-arrays.js';
import { listRefusal, uncopied } from './outputs/uncopied-run.js';
import { chooseProviders } from './provider-choice.js';
import { DeviceCopies } from './state/device-copies.js';
import { DeviceState } from './state/device-state.js';
import { HostState } from './state/host-state.js';
import { PackedState } from './state/packed-state.js';
import { SessionStarter } from './session-starter.js';
import { UpdateThreads } from '../updates/update-threads.js';

/** Threads that draw beside this one while a card has nothing to do. */
const MOST_DRAW_THREADS = 3;

/** Updates go through memory, which a few threads keep busy. */
const MOST_UPDATE_THREADS = 4;

/** Records programs, lowers them to ONNX and runs them on ONNX Runtime. */
export class OnnxEngine implements Engine {
  readonly description: EngineDescription;
  private readonly sessions: SessionStarter;
  private readonly executables = new Set<Executable>();
  private readonly updateThreads: UpdateThreads;
  private readonly drawThreads: DrawThreads | undefined;
  /** On a provider whose buffers hold state from run to run. */
  private readonly copies: DeviceCopies | undefined;

  private constructor(executionProviders: readonly string[], options: EngineOptions) {
    this.copies = keepsBuffers(executionProviders) ? new DeviceCopies(executionProviders) : undefined;
    const threads = checkThreads(options.threads ?? availableParallelism());
    this.description = {
      name: 'onnxruntime',
      version: env.versions.node ?? env.versions.common,
      device: executionProviders[0] ?? 'cpu',
      threads,
    };
    this.updateThreads = new UpdateThreads(Math.min(threads, MOST_UPDATE_THREADS));
    const drawing = Math.min(threads - 1, MOST_DRAW_THREADS);
    this.drawThreads = executionProviders[0] === 'cpu' || drawing === 0 ? undefined : new DrawThreads(drawing);
    this.sessions = new SessionStarter({ executionProviders, threads, waiting: options.waiting }, options.cache);
  }

  /** @throws EngineError if an execution provider is unknown or was asked for by name and does not work here */
  static async start(options: EngineOptions): Promise<OnnxEngine> {
    return new OnnxEngine(await chooseProviders(options.executionProviders ?? ['cpu']), options);
  }

  async compile(program: Program, given: ProgramSignature, options: CompileOptions = {}): Promise<Executable> {
    const label = options.label ?? 'program';
    const signature = checkSignature(label, given);
    const digests = new ContentDigests();
    // Computed beside this thread while the program is recorded.
    for (const { data } of Object.values(given.constants)) void digests.of(data);
    const training = Object.keys(signature.state).length > 0;
    const times = [performance.now()];
    const { traces, outputs } = traceBatches(label, program, signature);
    times.push(performance.now());
    const block = this.description.device === 'cpu' ? await channelBlock() : undefined;
    const { quantization } = options;
    const forCard = this.description.device !== 'cpu';
    const { model: float, ...ports } = lowerBatches({ label, signature, outputs, graphs: traces }, given.constants, {
      updatesOnHost: this.copies === undefined,
      drawsOnHost: true,
      channelBlock: training ? block : undefined,
      threads: this.description.threads,
      tapsByIndex: training && (block !== undefined || forCard), // measured there
      forCard,
      packedState: this.copies !== undefined,
      // Bytes have products of their own.
      feedForwardBlock: quantization === undefined ? block : undefined,
    });
    if (quantization !== undefined) this.refuseUnlessCpu(label);
    const arrays = await this.outputArrays(ports);
    const placed = arrays instanceof PlacedOutputs ? uncopied(float) : float;
    const model = quantization === undefined ? placed : await applyQuantization(label, placed, quantization);
    const serialized = writeModel(model, label);
    times.push(performance.now());
    const { session, source } = await this.sessions.start(label, serialized, digests, {
      training,
      hostNodes: hostNodesOnWebGpu(model),
      deviceOutputs: this.copies === undefined ? [] : stateOutputsOf(ports.outputs),
    });
    times.push(performance.now());
    const [start = 0, traced = 0, lowered = 0, started = 0] = times;
    const report = {
      traceMilliseconds: traced - start,
      lowerMilliseconds: lowered - traced,
      sessionMilliseconds: started - lowered,
      kernels: traces[0].graph.values.filter((value) => value.kind === 'node').length,
      nodes: model.nodes.length,
      source,
    };
    const store = this.copies === undefined ? new HostState() : new DeviceState(this.copies);
    const state = ports.packs.length === 0 ? store : new PackedState(store, ports.packs);
    const { updateThreads, drawThreads } = this;
    const executable: Executable = new OnnxExecutable({
      ...{ label, signature, outputs, report, ports, session, state, arrays, updateThreads, drawThreads },
      // What it held, the draws too, is kept by nobody then.
      disposed: () => this.executables.delete(executable),
    });
    this.executables.add(executable);
    return executable;
  }

  async calibrate(
    program: Program,
    given: ProgramSignature,
    samples: AsyncIterable<NamedValues> | Iterable<NamedValues>,
    rules: readonly RangeRule[],
    { label = 'program' }: Pick<CompileOptions, 'label'> = {},
  ): Promise<Quantization[]> {
    this.refuseUnlessCpu(label);
    const signature = checkSignature(label, given);
    if (Object.keys(signature.state).length > 0) {
      throw new QuantizationError(`Program "${label}" has state; 8 bits are for programs whose weights are constants.`);
    }
    const { traces, outputs } = traceBatches(label, program, signature);
    const { model, inputs } = lowerBatches({ label, signature, outputs, graphs: traces }, given.constants, {
      updatesOnHost: true,
    });
    return calibrateProgram({ label, model, inputs, rules, threads: this.description.threads }, samples);
  }

  async dispose(): Promise<void> {
    for (const executable of [...this.executables]) await executable.dispose();
    await this.copies?.dispose();
    await this.updateThreads.dispose();
    await this.drawThreads?.dispose();
  }

  /** Where a step of training puts its gradients: into the same arrays each time, if it can be helped. */
  private async outputArrays({ updates, outputs }: Pick<LoweredProgram, 'updates' | 'outputs'>): Promise<OutputArrays> {
    if (updates.length === 0 || this.description.device !== 'cpu') return new CopiedOutputs();
    const refusal = await listRefusal();
    return (refusal === undefined ? undefined : PlacedOutputs.of(outputs, refusal)) ?? new CopiedOutputs();
  }

  /** The 8-bit operators are those of the CPU. */
  private refuseUnlessCpu(label: string): void {
    const { device } = this.description;
    if (device === 'cpu') return;
    throw new QuantizationError(`Program "${label}" is to be computed in 8 bits on ${device}; only cpu can.`);
  }
}

/** onnxruntime-node hands out buffers of WebGPU; of the other providers it copies every output to the host. */
function keepsBuffers([preferred]: readonly string[]): boolean {
  return preferred === 'webgpu';
}

/** Tensors of the model that are new state; a device has no empty buffers. */
function stateOutputsOf(outputs: readonly ModelPort[]): readonly string[] {
  return outputs.filter(({ role, dims }) => role === 'state' && !dims.includes(0)).map(({ tensor }) => tensor);
}
