import * as tf from '@tensorflow/tfjs';
import type { NamedSpecs, NamedTensors, NamedValues, TensorValue } from '../engine.js';
import { EngineError } from '../errors.js';
import { checkValues, refuseUnknownNames, refuseUnwrittenState } from '../signature/check-values.js';
import { holdsType, isTensorDataType, toTensorData } from '../tensor-value.js';

/** State entries kept as tensors of a TensorFlow.js backend, on its device, from one run to the next. */
export class KeptTensors {
  private readonly tensors = new Map<string, tf.Tensor>();

  constructor(
    private readonly program: string,
    private readonly specs: NamedSpecs,
  ) {}

  /** @throws EngineError if an entry was never written */
  complete(): NamedTensors {
    this.refuseUnwritten(Object.keys(this.specs));
    return Object.fromEntries(this.tensors);
  }

  /** Keeps tensors that a program returned; one may be an argument handed through, so each is kept under a handle of its own. */
  replace(tensors: NamedTensors): void {
    // all handles before any entry is let go: entries may change places
    const handles = Object.entries(tensors).map(([name, tensor]) => [name, tf.clone(tensor)] as const);
    for (const [name, handle] of handles) this.keep(name, handle);
  }

  write(values: NamedValues): void {
    checkValues(this.program, 'state entry', values, this.specs);
    for (const [name, value] of Object.entries(values)) this.keep(name, toTensor(value));
  }

  read(names: readonly string[] = Object.keys(this.specs)): NamedValues {
    refuseUnknownNames(this.program, 'state entry', names, this.specs);
    this.refuseUnwritten(names);
    const complete = this.tensors;
    return Object.fromEntries(
      names.flatMap((name) => {
        const tensor = complete.get(name);
        return tensor === undefined ? [] : [[name, toValue(tensor)]];
      }),
    );
  }

  clear(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }

  private keep(name: string, tensor: tf.Tensor): void {
    const former = this.tensors.get(name);
    this.tensors.set(name, tf.keep(tensor));
    former?.dispose();
  }

  private refuseUnwritten(names: readonly string[]): void {
    refuseUnwrittenState(
      this.program,
      names.filter((name) => !this.tensors.has(name)),
    );
  }
}

/** A tensor of the active backend, over a copy: some backends hold on to the array that they are given. */
export function toTensor({ data, shape, dtype }: TensorValue): tf.Tensor {
  return tf.tensor(data.slice(), [...shape], dtype);
}

/** A copy of a tensor on the host. */
export function toValue(tensor: tf.Tensor): TensorValue {
  const { dtype, shape } = tensor;
  if (!isTensorDataType(dtype)) throw new EngineError(`A tensor of type ${dtype} cannot leave a program.`);
  const data: unknown = tensor.dataSync();
  return { dtype, shape, data: holdsType(dtype, data) ? data.slice() : toTensorData(dtype, tensor.dataSync()) };
}
