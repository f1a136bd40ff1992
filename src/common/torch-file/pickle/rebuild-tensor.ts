import { LIMITS } from '../limits.js';
import type { StorageSource } from '../container/storage-source.js';
import { TorchTensor } from '../tensor/torch-tensor.js';
import type { TorchStorage } from '../tensor/torch-tensor.js';
import type { Failure } from '../torch-file-error.js';
import { Intermediate } from './symbols.js';
import type { Operand } from './symbols.js';
import { NumpyType } from './numpy-scalar.js';
import { TorchTuple } from './values.js';

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function counts(operand: Operand, what: string, failure: Failure): readonly number[] {
  const items = operand instanceof TorchTuple ? operand.items : operand;
  if (Array.isArray(items) && items.length <= LIMITS.dimensions && items.every(isCount)) return items;
  throw failure('damaged', `a tensor's ${what} is not a list of at most ${LIMITS.dimensions} whole numbers from 0`);
}

/** A tensor out of the arguments `(storage, offset, shape, stride, ...)`; it must lie within its storage. */
export function rebuildTensor(items: readonly Operand[], source: StorageSource, failure: Failure): TorchTensor {
  const [operand, storageOffset, size, steps] = items;
  const storage = storageOf(operand, failure);
  const shape = counts(size, 'shape', failure);
  const stride = counts(steps, 'stride', failure);
  if (!isCount(storageOffset)) throw failure('damaged', "a tensor's offset is not a whole number from 0");
  if (stride.length !== shape.length) {
    throw failure('damaged', `a tensor has ${shape.length} dimensions but ${stride.length} strides`);
  }
  const elements = shape.reduce((product, extent) => product * extent, 1);
  const limit = elements > storage.elements ? LIMITS.repeatedElements : LIMITS.elements;
  if (elements > limit) {
    throw failure('too-large', `a tensor of shape [${shape.join(', ')}] has more than ${limit} elements`);
  }
  const last = shape.reduce((place, extent, axis) => place + (extent - 1) * stride[axis], storageOffset);
  if (elements > 0 && last >= storage.elements) {
    throw failure(
      'damaged',
      `a tensor of shape [${shape.join(', ')}], stride [${stride.join(', ')}] and offset ${storageOffset} reaches beyond the ` +
        `${storage.elements} elements of storage "${storage.key}"`,
    );
  }
  return new TorchTensor(source, storage, { shape, stride, storageOffset });
}

function storageOf(operand: Operand, failure: Failure): TorchStorage {
  if (operand instanceof Intermediate && !(operand.content instanceof NumpyType)) return operand.content;
  throw failure('damaged', 'a tensor is built from something that is not a storage');
}
