import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { EngineError, UnsupportedProgramError } from '../errors.js';
import { KernelAttributes } from '../kernel-attributes.js';
import type { GraphBuilder } from '../graph/graph-builder.js';
import type { Value } from '../graph/value.js';
import type { Recording } from './recording.js';
import { currentOp } from './trace-backend.js';

/** One call of a TensorFlow.js kernel while a program is recorded: its inputs as values, its attributes checked. */
export class KernelCall extends KernelAttributes {
  readonly graph: GraphBuilder;

  constructor(
    kernel: string,
    private readonly tensors: NamedTensorInfoMap,
    attributes: NamedAttrMap,
    private readonly recording: Recording,
  ) {
    super(kernel, attributes);
    this.graph = recording.builder;
  }

  /** How errors name the call: the op as its author wrote it. */
  override get op(): string {
    return currentOp();
  }

  input(name: string): Value {
    const value = this.optionalInput(name);
    if (value === undefined) throw new EngineError(`The kernel ${this.kernel} was called without its input ${name}.`);
    return value;
  }

  /** An input of numbers: TensorFlow.js would give sums and products of truth values the type bool again. */
  numbersIn(name: string): Value {
    return this.refuseTruths(this.input(name));
  }

  /** @throws UnsupportedProgramError if a value that is computed with is bool */
  refuseTruths(value: Value): Value {
    if (value.dtype !== 'bool') return value;
    throw new UnsupportedProgramError(
      this.op,
      'it computes with truth values (bool) as if they were numbers',
      "Convert them first, tf.cast(x, 'float32') or tf.cast(x, 'int32'), or combine them with tf.logicalAnd, tf.logicalOr and tf.where.",
    );
  }

  optionalInput(name: string): Value | undefined {
    const tensor = this.tensors[name];
    return tensor ? this.recorded(tensor) : undefined;
  }

  /** The inputs of a kernel that takes a list. */
  list(): readonly Value[] {
    return Object.values(this.tensors).flatMap((tensor) => (tensor ? [this.recorded(tensor)] : []));
  }

  private recorded(tensor: TensorInfo): Value {
    return this.recording.valueOf(tensor.dataId, this.op, tensor);
  }
}

/** Records a call: adds nodes to `call.graph` and returns the values of its outputs. */
export type TraceKernel = (call: KernelCall) => Value | readonly Value[];

/** Kernels by their TensorFlow.js name. */
export type KernelTable = Readonly<Record<string, TraceKernel>>;
