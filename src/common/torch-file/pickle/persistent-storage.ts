import type { TorchStorage } from '../tensor/torch-tensor.js';
import type { Failure } from '../torch-file-error.js';
import { isCount } from './rebuild-tensor.js';
import { Global } from './symbols.js';
import type { Operand } from './symbols.js';
import { TorchTuple } from './values.js';

/** Which data a pickle refers to: `('storage', type, key, device, elements, view?)`. */
export interface StorageReference extends TorchStorage {
  /** Elements stored under the key; more than those of a view. */
  readonly storedElements: number;
}

/** @param items of the persistent id; the last one, a view `(key, offset, elements)`, is of files before PyTorch 0.4 */
export function storageReference(items: readonly Operand[], failure: Failure): StorageReference {
  const [kind, type, key, , stored, view] = items;
  if (kind !== 'storage' || typeof key !== 'string' || !isCount(stored)) {
    throw failure('damaged', 'a reference to tensor data is malformed');
  }
  if (!(type instanceof Global) || type.storageType === undefined) {
    throw failure('damaged', `storage "${key}" names no element type`);
  }
  const whole = { key, type: type.storageType, elements: stored, offset: 0, storedElements: stored };
  if (view === undefined || view === null) return whole;
  const [, offset, elements] = view instanceof TorchTuple ? view.items : [];
  if (!isCount(offset) || !isCount(elements) || offset + elements > stored) {
    throw failure('damaged', `the view of storage "${key}" does not lie within its ${stored} elements`);
  }
  return { ...whole, offset, elements };
}
