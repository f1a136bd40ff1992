/** The raw data of tensors, by the key under which the file stores them. */
export interface StorageSource {
  /**
   * Checks, without reading data, that a storage is there and has the stated size.
   * @throws TorchFileError if it has not
   */
  check(key: string, bytes: number): void;
  /** The bytes `begin` to `end` of a storage that was checked. */
  read(key: string, begin: number, end: number): Promise<Uint8Array>;
}
