/** One tensor of a file; its values stay there until they are asked for. */
export interface StoredTensor {
  /** As in the file. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Element type as the file calls it: `float16`, `F32`. */
  readonly elementType: string;
  /** The values as float32, row-major; each reading reads them anew. */
  read(): Promise<Float32Array>;
}

/** A file of named tensors, whatever its format; open until `close`. */
export interface WeightFile {
  /** Its name, for people. */
  readonly name: string;
  readonly format: 'safetensors' | 'PyTorch zip' | 'PyTorch legacy';
  /** Which entry of a checkpoint the tensors were found in: `state_dict`; empty if the file is a state dict itself. */
  readonly entry: string;
  /** In the order of the file. */
  readonly tensors: readonly StoredTensor[];
  /** Texts beside the tensors; only safetensors files have some. */
  readonly metadata: ReadonlyMap<string, string>;
  close(): Promise<void>;
}
