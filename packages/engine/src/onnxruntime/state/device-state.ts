import type { Tensor } from 'onnxruntime-node';
import type { TensorData, TensorDataType } from '../../engine.js';
import { EngineError } from '../../errors.js';
import { toFeed, toHost } from '../../onnx/session.js';
import { sizeOf } from '../../tensor-value.js';
import type { DeviceCopies } from './device-copies.js';
import type { StateStore } from './state-store.js';

/**
 * State in buffers of the device: runs are fed with them and return new ones, and only `read` brings values to the host.
 * A buffer is released when it is replaced, and before the session that made it.
 */
export class DeviceState implements StateStore {
  private readonly tensors = new Map<string, Tensor>();

  constructor(private readonly copies: DeviceCopies) {}

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  feed(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new EngineError(`The state entry "${name}" has no value.`);
    return tensor;
  }

  take(name: string, result: Tensor): void {
    release(this.tensors.get(name));
    this.tensors.set(name, result);
  }

  async write(name: string, dtype: TensorDataType, dims: readonly number[], data: TensorData): Promise<void> {
    const tensor = toFeed(dims, data);
    // A device has no empty buffers.
    this.take(name, sizeOf(dims) === 0 ? tensor : await this.copies.toDevice(dtype, tensor));
  }

  async read(name: string, dtype: TensorDataType): Promise<TensorData> {
    const tensor = this.feed(name);
    return toHost({ name, dtype }, tensor.location === 'cpu' ? tensor : await this.copies.toHost(dtype, tensor));
  }

  inReadingOrder(names: readonly string[]): readonly string[] {
    return names;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  clear(): void {
    for (const tensor of this.tensors.values()) release(tensor);
    this.tensors.clear();
  }
}

function release(tensor: Tensor | undefined): void {
  if (tensor !== undefined && tensor.location !== 'cpu') tensor.dispose();
}
