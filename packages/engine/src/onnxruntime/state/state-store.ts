import type { Tensor } from 'onnxruntime-node';
import type { TensorData, TensorDataType } from '../../engine.js';

/** Where an executable keeps its state from run to run: tensors in the layout of the model. */
export interface StateStore {
  has(name: string): boolean;
  /** What a run is fed with; it stays in the store. @throws EngineError if the entry has no value */
  feed(name: string): Tensor;
  /** Takes over what a run returned. */
  take(name: string, result: Tensor): void;
  /** Takes over a host array. @param dims extents in memory */
  write(name: string, dtype: TensorDataType, dims: readonly number[], data: TensorData): Promise<void>;
  /** The values on the host; the array may be the store's own. @throws EngineError if the entry has no value */
  read(name: string, dtype: TensorDataType): Promise<TensorData>;
  /** The order in which entries are best read. */
  inReadingOrder(names: readonly string[]): readonly string[];
  /** Ends a number of writes or reads: what was written is then where runs read it, as far as that is complete. */
  settle(): Promise<void>;
  clear(): void;
}
