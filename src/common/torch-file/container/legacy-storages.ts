import type { StorageReference } from '../pickle/persistent-storage.js';
import type { Failure } from '../torch-file-error.js';
import type { ByteSource } from './byte-source.js';
import type { StorageSource } from './storage-source.js';

const COUNT_BYTES = 8;

/** The data behind the pickles of a legacy file, one storage after the other. */
export class LegacyStorages implements StorageSource {
  private readonly starts = new Map<string, number>();

  constructor(
    private readonly source: ByteSource,
    private readonly failure: Failure,
  ) {}

  /**
   * Finds where each storage begins.
   * @param keys in the order of their data
   * @param position of the first
   * @throws TorchFileError if a storage is missing, has another number of elements than its tensors or ends beyond the file
   */
  async locate(
    keys: readonly string[],
    references: ReadonlyMap<string, StorageReference>,
    position: number,
  ): Promise<void> {
    let next = position;
    for (const key of keys) {
      const reference = references.get(key);
      if (reference === undefined || this.starts.has(key)) {
        throw this.failure('damaged', `storage "${key}" is listed, but ${reference ? 'twice' : 'no tensor names it'}`);
      }
      const { storedElements, type } = reference;
      const count = new DataView((await this.source.read(next, COUNT_BYTES)).buffer).getBigInt64(0, true);
      if (count !== BigInt(storedElements)) {
        throw this.failure(
          'damaged',
          `storage "${key}" has ${count} elements where its tensors state ${storedElements}`,
        );
      }
      this.starts.set(key, next + COUNT_BYTES);
      next += COUNT_BYTES + storedElements * type.bytes;
    }
    for (const key of references.keys()) this.check(key);
    if (next > this.source.size) {
      throw this.failure('damaged', `its data need ${next} bytes, but there are ${this.source.size}`);
    }
  }

  check(key: string): void {
    if (!this.starts.has(key)) throw this.failure('damaged', `the data of storage "${key}" are missing`);
  }

  read(key: string, begin: number, end: number): Promise<Uint8Array> {
    this.check(key);
    const start = this.starts.get(key) ?? 0;
    return this.source.read(start + begin, end - begin);
  }
}
