import type { TorchTensor } from '../tensor/torch-tensor.js';

export type TorchKey = string | number | bigint | boolean | null;

/**
 * What a checkpoint holds. Integers beyond 2^53 are `bigint`; numpy scalars are plain numbers or booleans; lists are arrays.
 */
export type TorchValue =
  TorchKey | Uint8Array | TorchTensor | TorchValue[] | TorchTuple<TorchValue> | TorchDict<TorchValue>;

export class TorchTuple<Item = TorchValue> {
  constructor(readonly items: readonly Item[]) {}
}

/** A `dict` or `OrderedDict`, in the order of its entries. */
export class TorchDict<Item = TorchValue> extends Map<TorchKey, Item> {}
