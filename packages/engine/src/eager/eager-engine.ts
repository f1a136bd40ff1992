import type { CompileOptions, Engine, EngineDescription, Executable, Program, ProgramSignature } from '../engine.js';
import { QuantizationError } from '../errors.js';
import type { Quantization } from '../onnx/quantization/quantization.js';
import { EagerExecutable } from './eager-executable.js';

/** Runs programs op by op on a TensorFlow.js backend. */
export class EagerEngine implements Engine {
  private readonly executables = new Set<Executable>();

  /** @param backend name of a registered TensorFlow.js backend that starts synchronously */
  constructor(
    readonly description: EngineDescription,
    private readonly backend: string,
  ) {}

  compile(program: Program, signature: ProgramSignature, options: CompileOptions = {}): Promise<Executable> {
    return Promise.resolve().then(() => {
      if (options.quantization !== undefined) throw this.refusal();
      const executable = new EagerExecutable(options.label ?? 'program', this.backend, program, signature);
      this.executables.add(executable);
      return executable;
    });
  }

  calibrate(): Promise<Quantization[]> {
    return Promise.reject(this.refusal());
  }

  async dispose(): Promise<void> {
    for (const executable of this.executables) await executable.dispose();
    this.executables.clear();
  }

  private refusal(): QuantizationError {
    return new QuantizationError(
      `The engine "${this.description.name}" computes in float32 only. Take onnxruntime on cpu for 8 bits.`,
    );
  }
}
