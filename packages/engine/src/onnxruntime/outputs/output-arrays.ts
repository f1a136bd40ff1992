import type { Tensor } from 'onnxruntime-node';
import type { SharedSession } from '../../cache/session-pool.js';
import type { TensorData } from '../../engine.js';
import { letGo } from '../../let-go.js';
import type { ModelPort } from '../../onnx/lowering/model-ports.js';
import { toFeed } from '../../onnx/session.js';
import { allocate, sizeOf } from '../../tensor-value.js';
import { runUncopied } from './uncopied-run.js';

type NamedTensors = Readonly<Record<string, Tensor>>;

/** Runs a session, and knows whose the arrays are that its outputs lie in. */
export interface OutputArrays {
  /**
   * @param placeOf an array that an output is to be written to if that can be done; else it gets one of its own, which belongs to whoever asked
   * @returns tensors by their name in the model
   */
  run(
    session: SharedSession,
    feeds: NamedTensors,
    placeOf: (port: ModelPort) => TensorData | undefined,
  ): Promise<NamedTensors>;
  /** Lets arrays of outputs go that nobody needs any more. */
  release(arrays: readonly TensorData[]): void;
}

/** Outputs as onnxruntime-node copies them. */
export class CopiedOutputs implements OutputArrays {
  run(session: SharedSession, feeds: NamedTensors): Promise<NamedTensors> {
    return session.run(feeds);
  }

  release(arrays: readonly TensorData[]): void {
    letGo(arrays);
  }
}

/** Outputs that ONNX Runtime writes where they are to be. */
export class PlacedOutputs implements OutputArrays {
  /** @param refusal see `listRefusal` */
  private constructor(
    private readonly ports: readonly { readonly port: ModelPort; readonly dims: readonly number[] }[],
    private readonly refusal: string,
  ) {}

  /** @returns undefined where an output is empty, or its extents are not known before a run */
  static of(ports: readonly ModelPort[], refusal: string): PlacedOutputs | undefined {
    const fixed = ports.map((port) => ({ port, dims: port.dims.filter((extent) => typeof extent === 'number') }));
    const all = fixed.every(({ port, dims }) => dims.length === port.dims.length && sizeOf(dims) > 0);
    return all ? new PlacedOutputs(fixed, refusal) : undefined;
  }

  async run(
    session: SharedSession,
    feeds: NamedTensors,
    placeOf: (port: ModelPort) => TensorData | undefined,
  ): Promise<NamedTensors> {
    const tensors = Object.fromEntries(
      this.ports.map(({ port, dims }) => {
        return [port.tensor, toFeed(dims, placeOf(port) ?? allocate(port.dtype, sizeOf(dims)))];
      }),
    );
    await runUncopied(session, feeds, tensors, this.refusal);
    return tensors;
  }

  /** They are written to again. */
  release(): void {}
}
