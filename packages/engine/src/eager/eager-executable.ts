import * as tf from '@tensorflow/tfjs';
import type {
  CompilationReport,
  Executable,
  ExecutableSignature,
  NamedBatchedSpecs,
  NamedTensors,
  NamedValues,
  Program,
  ProgramSignature,
  TensorValue,
} from '../engine.js';
import { EngineError } from '../errors.js';
import { SerialQueue } from '../serial-queue.js';
import { checkResult } from '../signature/check-result.js';
import { checkSignature } from '../signature/check-signature.js';
import { checkInputs } from '../signature/check-values.js';
import { HostState } from '../signature/host-state.js';
import { holdsType, isTensorDataType, toTensorData } from '../tensor-value.js';
import { traceBatches } from '../trace/trace-batches.js';
import { withBackend } from '../with-backend.js';

interface EagerResult {
  readonly outputs: NamedValues;
  readonly state: NamedValues;
}

const NOTHING_COMPILED: CompilationReport = {
  traceMilliseconds: 0,
  lowerMilliseconds: 0,
  sessionMilliseconds: 0,
  kernels: 0,
  nodes: 0,
};

/** Runs a program op by op on a TensorFlow.js backend; state and constants stay on the host between runs. */
export class EagerExecutable implements Executable {
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report = NOTHING_COMPILED;
  private readonly state: HostState;
  private readonly queue = new SerialQueue();
  private constants: NamedValues;
  private disposed = false;

  constructor(
    private readonly label: string,
    private readonly backend: string,
    private readonly program: Program,
    signature: ProgramSignature,
  ) {
    this.signature = checkSignature(label, signature);
    this.constants = signature.constants;
    this.state = new HostState(label, this.signature.state);
    // Recording finds what no engine runs, and the outputs, without computing anything.
    this.outputs = traceBatches(label, program, this.signature).outputs;
  }

  run(inputs: NamedValues): Promise<NamedValues> {
    return this.queue.add(() => {
      this.refuseDisposed();
      checkInputs(this.label, inputs, this.signature.inputs);
      const result = this.evaluate(this.state.complete(), inputs);
      this.state.replace(result.state);
      return result.outputs;
    });
  }

  readState(names?: readonly string[]): Promise<NamedValues> {
    return this.queue.add(() => {
      this.refuseDisposed();
      return this.state.read(names);
    });
  }

  writeState(values: NamedValues): Promise<void> {
    return this.queue.add(() => {
      this.refuseDisposed();
      this.state.write(values);
    });
  }

  dispose(): Promise<void> {
    return this.queue.add(() => {
      this.disposed = true;
      this.constants = {};
      this.state.clear();
    });
  }

  private evaluate(state: NamedValues, inputs: NamedValues): EagerResult {
    return withBackend(this.backend, () => {
      const result = this.program({
        constants: toTensors(this.constants),
        state: toTensors(state),
        inputs: toTensors(inputs),
      });
      checkResult(this.label, result, this.signature.state);
      return { outputs: toValues(result.outputs), state: toValues(result.state ?? {}) };
    });
  }

  private refuseDisposed(): void {
    if (this.disposed) throw new EngineError(`Program "${this.label}" was disposed: compile it again to run it.`);
  }
}

function toTensors(values: NamedValues): NamedTensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, tf.tensor(value.data, [...value.shape], value.dtype)]),
  );
}

function toValues(tensors: NamedTensors): NamedValues {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, toValue(tensor)]));
}

/** Copies a tensor: an output may be an input handed through, whose array belongs to the caller. */
function toValue(tensor: tf.Tensor): TensorValue {
  const { dtype, shape } = tensor;
  if (!isTensorDataType(dtype)) throw new EngineError(`A tensor of type ${dtype} cannot leave a program.`);
  const data: unknown = tensor.dataSync();
  return { dtype, shape, data: holdsType(dtype, data) ? data.slice() : toTensorData(dtype, tensor.dataSync()) };
}
