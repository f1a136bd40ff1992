import type { Tensor } from 'onnxruntime-node';
import type { TensorData, TensorDataType } from '../../engine.js';
import { EngineError } from '../../errors.js';
import { toFeed, toHost } from '../../onnx/session.js';
import type { StateStore } from './state-store.js';

/** State in host arrays, which runs read without a copy. */
export class HostState implements StateStore {
  private readonly tensors = new Map<string, Tensor>();

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  feed(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new EngineError(`The state entry "${name}" has no value.`);
    return tensor;
  }

  take(name: string, result: Tensor): void {
    this.tensors.set(name, result);
  }

  write(name: string, _dtype: TensorDataType, dims: readonly number[], data: TensorData): Promise<void> {
    this.tensors.set(name, toFeed(dims, data));
    return Promise.resolve();
  }

  read(name: string, dtype: TensorDataType): Promise<TensorData> {
    return Promise.resolve(toHost({ name, dtype }, this.feed(name)));
  }

  inReadingOrder(names: readonly string[]): readonly string[] {
    return names;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  clear(): void {
    this.tensors.clear();
  }
}
