import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { TensorDataType } from '../../engine.js';
import { EngineError } from '../../errors.js';
import { copyModel } from '../../onnx/format/copy-model.js';
import { writeModel } from '../../onnx/format/write-model.js';
import { startSession } from '../../onnx/session.js';

/**
 * Moves tensors between host and device by models that return what they are given: onnxruntime-node has no other way to
 * read a buffer of the device (its `getData` ends the process). All sessions of a process share one device.
 */
export class DeviceCopies {
  private readonly sessions = new Map<string, Promise<InferenceSession>>();

  constructor(private readonly executionProviders: readonly string[]) {}

  toDevice(dtype: TensorDataType, tensor: Tensor): Promise<Tensor> {
    return this.copy(dtype, tensor, true);
  }

  toHost(dtype: TensorDataType, tensor: Tensor): Promise<Tensor> {
    return this.copy(dtype, tensor, false);
  }

  async dispose(): Promise<void> {
    const sessions = await Promise.all(this.sessions.values());
    this.sessions.clear();
    for (const session of sessions) await session.release();
  }

  private async copy(dtype: TensorDataType, x: Tensor, stay: boolean): Promise<Tensor> {
    const session = await this.session(dtype, x.dims.length, stay);
    const { y } = await session.run({ x });
    if (y === undefined) throw new EngineError('ONNX Runtime copied no tensor.');
    return y;
  }

  private session(dtype: TensorDataType, rank: number, stay: boolean): Promise<InferenceSession> {
    const key = `${dtype}/${rank}/${stay}`;
    const known = this.sessions.get(key);
    if (known !== undefined) return known;
    const started = startSession(writeModel(copyModel(dtype, rank), 'copy'), {
      executionProviders: this.executionProviders,
      threads: 1,
      training: false,
      deviceOutputs: stay ? ['y'] : [],
    });
    this.sessions.set(key, started);
    return started;
  }
}
