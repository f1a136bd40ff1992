import type { ElementType } from '../tensor/element-type.js';
import type { TorchStorage, TorchTensor } from '../tensor/torch-tensor.js';
import type { NumpyType } from './numpy-scalar.js';
import type { TorchDict, TorchKey, TorchTuple } from './values.js';

/** A name of Python that the file refers to and that stands for something we build ourselves. Nothing is looked up. */
export class Global {
  constructor(
    readonly name: string,
    /** What a call of it yields; absent where it is a class that is only named. */
    readonly call?: (items: readonly Operand[]) => Operand,
    readonly storageType?: ElementType,
  ) {}
}

/** A thing that exists while a pickle is read but must not be part of its result. */
export class Intermediate {
  constructor(readonly content: TorchStorage | NumpyType) {}
}

/** What the instructions of a pickle work on. */
export type Operand =
  TorchKey | Uint8Array | TorchTensor | Operand[] | TorchTuple<Operand> | TorchDict<Operand> | Global | Intermediate;
