import type {
  CompilationReport,
  Executable,
  ExecutableSignature,
  NamedBatchedSpecs,
  NamedTensors,
  NamedValues,
  Program,
  ProgramSignature,
} from '../engine.js';
import { EngineError } from '../errors.js';
import { SerialQueue } from '../serial-queue.js';
import { checkResult } from '../signature/check-result.js';
import { checkSignature } from '../signature/check-signature.js';
import { checkInputs } from '../signature/check-values.js';
import { withoutHostValues } from '../trace/host-values.js';
import { withoutNewVariables } from '../trace/new-variables.js';
import { traceBatches } from '../trace/trace-batches.js';
import { withBackend } from '../with-backend.js';
import { KeptTensors, toTensor, toValue } from './kept-tensors.js';

const NOTHING_COMPILED: CompilationReport = {
  traceMilliseconds: 0,
  lowerMilliseconds: 0,
  sessionMilliseconds: 0,
  kernels: 0,
  nodes: 0,
  source: 'compiled',
};

/** Runs a program op by op on a TensorFlow.js backend; state and constants stay on its device between runs. */
export class EagerExecutable implements Executable {
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report = NOTHING_COMPILED;
  private readonly constants: KeptTensors;
  private readonly state: KeptTensors;
  private readonly queue = new SerialQueue();
  private disposed = false;

  constructor(
    private readonly label: string,
    private readonly backend: string,
    private readonly program: Program,
    signature: ProgramSignature,
  ) {
    this.signature = checkSignature(label, signature);
    // Recording finds what no engine runs, and the outputs, without computing anything.
    this.outputs = traceBatches(label, program, this.signature).outputs;
    this.state = new KeptTensors(label, this.signature.state);
    this.constants = new KeptTensors(label, this.signature.constants);
    withBackend(backend, () => this.constants.write(signature.constants));
  }

  run(inputs: NamedValues): Promise<NamedValues> {
    return this.enqueue(() => {
      checkInputs(this.label, inputs, this.signature.inputs);
      const result = this.evaluate({
        constants: this.constants.complete(),
        state: this.state.complete(),
        inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, toTensor(value)])),
      });
      const outputs = valuesOf(result.outputs);
      this.state.replace(result.state ?? {});
      return outputs;
    });
  }

  readState(names?: readonly string[]): Promise<NamedValues> {
    return this.enqueue(() => this.state.read(names));
  }

  writeState(values: NamedValues): Promise<void> {
    return this.enqueue(() => this.state.write(values));
  }

  dispose(): Promise<void> {
    return this.queue.add(() => {
      this.disposed = true;
      this.constants.clear();
      this.state.clear();
    });
  }

  private evaluate(args: Parameters<Program>[0]) {
    const result = withoutNewVariables(() => withoutHostValues(() => this.program(args)));
    checkResult(this.label, result, this.signature.state);
    return result;
  }

  /** Work with the backend active, after what was asked for before. */
  private enqueue<T>(work: () => T): Promise<T> {
    return this.queue.add(() => {
      if (this.disposed) throw new EngineError(`Program "${this.label}" was disposed: compile it again to run it.`);
      return withBackend(this.backend, work);
    });
  }
}

function valuesOf(tensors: NamedTensors): NamedValues {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, toValue(tensor)]));
}
