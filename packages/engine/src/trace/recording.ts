import type { TensorInfo } from '@tensorflow/tfjs';
import type { TensorDataType } from '../engine.js';
import { UnsupportedProgramError } from '../errors.js';
import { GraphBuilder } from '../graph/graph-builder.js';
import type { Value } from '../graph/value.js';

interface Entry {
  readonly value: Value;
  references: number;
}

/** The tensors of one program being recorded, and the graph that grows from them. */
export class Recording {
  readonly builder = new GraphBuilder();
  /** Names of the TensorFlow.js kernels that were called. */
  readonly kernels = new Set<string>();
  private readonly entries = new Map<object, Entry>();
  private refusal: UnsupportedProgramError | undefined;

  /** Notes a refusal that cannot be thrown where it arises. */
  refuse(refusal: UnsupportedProgramError): void {
    this.refusal ??= refusal;
  }

  /** @throws UnsupportedProgramError the first refusal that was noted */
  throwIfRefused(): void {
    if (this.refusal !== undefined) throw this.refusal;
  }

  /** Makes a tensor for a value. */
  add(value: Value): TensorInfo {
    const dataId = {};
    this.entries.set(dataId, { value, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  has(dataId: object): boolean {
    return this.entries.has(dataId);
  }

  /** @throws UnsupportedProgramError if the tensor does not belong to this recording */
  valueOf(dataId: object, op: string, info?: { readonly shape: readonly number[]; readonly dtype: string }): Value {
    const entry = this.entries.get(dataId);
    if (entry !== undefined) return entry.value;
    const which = info === undefined ? '' : ` (${info.dtype}[${info.shape.join(',')}])`;
    throw new UnsupportedProgramError(
      op,
      `it uses a tensor${which} that was made outside the program`,
      'Declare it in the signature, as a constant, as state or as an input, and take it from the arguments of the program.',
    );
  }

  referencesTo(dataId: object): number {
    return this.entries.get(dataId)?.references ?? 0;
  }

  refer(dataId: object): void {
    const entry = this.entries.get(dataId);
    if (entry !== undefined) entry.references++;
  }

  /** Forgets one reference, or all; says whether the tensor is gone. */
  release(dataId: object, all: boolean): boolean {
    const entry = this.entries.get(dataId);
    if (entry === undefined) return true;
    entry.references--;
    if (entry.references > 0 && !all) return false;
    this.entries.delete(dataId);
    return true;
  }
}

/** Narrows an element type; complex and string tensors cannot be recorded. */
export function recordable(dtype: string, op: string): TensorDataType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new UnsupportedProgramError(
    op,
    `${dtype} tensors do not exist in a compiled program`,
    dtype === 'complex64'
      ? 'Compute with the real and imaginary parts as two float32 tensors.'
      : 'Convert text to numbers before the program, and feed those.',
  );
}
