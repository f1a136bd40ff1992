import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import type {
  CompileOptions,
  Engine,
  EngineDescription,
  EngineOptions,
  Executable,
  Program,
  ProgramSignature,
} from '../engine.js';
import { lowerBatches } from '../onnx/batch/lower-batches.js';
import { writeModel } from '../onnx/format/write-model.js';
import { checkProviders, explainProviderFailure } from '../onnx/providers.js';
import { startSession } from '../onnx/session.js';
import { checkSignature } from '../signature/check-signature.js';
import { checkThreads } from '../signature/check-threads.js';
import { traceBatches } from '../trace/trace-batches.js';
import { OnnxExecutable } from './onnx-executable.js';

/** Records programs, lowers them to ONNX and runs them on ONNX Runtime. */
export class OnnxEngine implements Engine {
  readonly description: EngineDescription;
  private readonly executionProviders: readonly string[];
  private readonly executables = new Set<Executable>();

  constructor(options: EngineOptions) {
    this.executionProviders = checkProviders(options.executionProviders ?? ['cpu']);
    const threads = checkThreads(options.threads ?? availableParallelism());
    this.description = {
      name: 'onnxruntime',
      version: env.versions.node ?? env.versions.common,
      device: this.executionProviders[0] ?? 'cpu',
      threads,
    };
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
    const session = await this.start(label, bytes, Object.keys(signature.state).length > 0);
    times.push(performance.now());
    const [start = 0, traced = 0, lowered = 0, started = 0] = times;
    const report = {
      traceMilliseconds: traced - start,
      lowerMilliseconds: lowered - traced,
      sessionMilliseconds: started - lowered,
      kernels: traces[0].graph.values.filter((value) => value.kind === 'node').length,
      nodes: model.nodes.length,
    };
    const executable = new OnnxExecutable({ label, signature, outputs, report, ports, session });
    this.executables.add(executable);
    return executable;
  }

  async dispose(): Promise<void> {
    for (const executable of this.executables) await executable.dispose();
    this.executables.clear();
  }

  private async start(label: string, bytes: Uint8Array, training: boolean) {
    const { executionProviders } = this;
    try {
      return await startSession(bytes, { executionProviders, threads: this.description.threads, training });
    } catch (cause) {
      throw explainProviderFailure(label, executionProviders, cause);
    }
  }
}
