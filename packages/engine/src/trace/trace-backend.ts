import * as tf from '@tensorflow/tfjs';
import type { BackendTimingInfo, DataId } from '@tensorflow/tfjs';
import type { TensorData, TensorDataType } from '../engine.js';
import { EngineError, UnsupportedProgramError } from '../errors.js';
import type { Value } from '../graph/value.js';
import { allocate, holdsType, sizeOf, toTensorData } from '../tensor-value.js';
import { refuseHostDraws } from './host-values.js';
import { Recording, recordable } from './recording.js';
import { runningOp } from './running-op.js';

/** What TensorFlow.js adds to denominators on backends of 32-bit floats. */
const EPSILON = 1e-7;

export const TRACE_BACKEND = 'query2label-trace';

/** A TensorFlow.js backend that computes nothing: its tensors stand for values of the graph being recorded. */
export class TraceBackend extends tf.KernelBackend {
  private active: Recording | undefined;

  /** The recording under way. */
  get recording(): Recording {
    if (this.active === undefined) throw new EngineError('No program is being recorded.');
    return this.active;
  }

  /** Records what a function does. */
  record<T>(work: (recording: Recording) => T): T {
    if (this.active !== undefined)
      throw new EngineError(
        'A program cannot be compiled while another is being recorded: compile each by itself, and call functions of ops inside programs.',
      );
    this.active = new Recording();
    try {
      return work(this.active);
    } finally {
      this.active = undefined;
    }
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    const op = currentOp();
    const type = recordable(dtype, op);
    refuseHostDraws(op);
    const data = toHostData(values, type, sizeOf(shape), op);
    return this.recording.add(this.recording.builder.literal(data, [...shape], type)).dataId;
  }

  override move(_dataId: DataId, _values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.recording.valueOf({}, currentOp(), { shape, dtype });
  }

  override readSync(dataId: object): tf.BackendValues {
    const value = this.recording.valueOf(dataId, currentOp());
    if (value.kind === 'literal') return value.data;
    if (value.kind === 'splat') return allocate(value.dtype, sizeOf(value.shape)).fill(value.value);
    throw refusalToRead(value);
  }

  /**
   * Values that do not exist are never handed out: the promise stays open, and the refusal is thrown when the program has
   * returned. A promise that failed would be nobody's to catch where the program does not wait for it.
   */
  override read(dataId: object): Promise<tf.BackendValues> {
    const { recording } = this;
    return new Promise((resolve) => {
      try {
        resolve(this.readSync(dataId));
      } catch (error) {
        if (!(error instanceof UnsupportedProgramError)) throw error;
        recording.refuse(error);
      }
    });
  }

  override readToGPU(dataId: object): never {
    throw refusalToRead(this.recording.valueOf(dataId, currentOp()));
  }

  override refCount(dataId: DataId): number {
    return this.active?.referencesTo(dataId) ?? 0;
  }

  override incRef(dataId: DataId): void {
    this.active?.refer(dataId);
  }

  decRef(dataId: DataId): void {
    this.active?.release(dataId, false);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    return this.active?.release(dataId, force) ?? true;
  }

  override numDataIds(): number {
    return 0;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return EPSILON;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override time(work: () => void): Promise<BackendTimingInfo> {
    work();
    return Promise.resolve({ kernelMs: 0 });
  }

  override dispose(): void {
    this.active = undefined;
  }
}

/** What errors name: the op that is running, or the program itself. */
export function currentOp(): string {
  return runningOp() ?? 'The program';
}

function refusalToRead(value: Value): UnsupportedProgramError {
  const what = value.kind === 'argument' ? `the ${value.role} "${value.name}"` : `the result of ${nameOf(value)}`;
  return new UnsupportedProgramError(
    currentOp(),
    `it reads the values of ${what} (${value.dtype}[${value.shape.join(',')}]) while the program is recorded, when there are none`,
    'Compute with tensors only: replace a branch on a value by tf.where, a loop that depends on one by a fixed number of rounds, ' +
      'and hand a tensor out as an output to read it after the run.',
  );
}

function nameOf(value: Value): string {
  return value.kind === 'node' ? value.operation : value.kind;
}

function toHostData(values: tf.BackendValues | null, dtype: TensorDataType, size: number, op: string): TensorData {
  if (values === null || values === undefined) return allocate(dtype, size);
  // A copy: the array belongs to the caller, who may change it.
  if (holdsType(dtype, values)) return values.slice();
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) {
    return toTensorData(dtype, values);
  }
  if (values instanceof Uint8ClampedArray) return toTensorData(dtype, values);
  throw new UnsupportedProgramError(op, 'it makes a tensor of text', 'Convert text to numbers before the program.');
}

/** The one instance, started on first use. */
export function traceBackend(): TraceBackend {
  if (tf.findBackend(TRACE_BACKEND) === null) tf.registerBackend(TRACE_BACKEND, () => new TraceBackend(), 0);
  const backend = tf.findBackend(TRACE_BACKEND);
  if (!(backend instanceof TraceBackend)) throw new EngineError(`The backend ${TRACE_BACKEND} is not ours.`);
  return backend;
}
