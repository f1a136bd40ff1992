import type { Tensor } from 'onnxruntime-node';
import type { SharedSession } from '../../cache/session-pool.js';
import type { TensorData } from '../../engine.js';
import { letGo } from '../../let-go.js';
import type { ModelPort } from '../../onnx/lowering/lower.js';
import { toFeed } from '../../onnx/session.js';
import { allocate, sizeOf } from '../../tensor-value.js';
import { runUncopied } from './uncopied-run.js';

/** Runs a session, and knows whose the arrays are that its outputs lie in. */
export interface OutputArrays {
  /** @returns tensors by their name in the model; they belong to whoever asked */
  run(session: SharedSession, feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** Takes arrays back that nobody needs any more, by the name of their tensor. */
  takeBack(arrays: ReadonlyMap<string, TensorData>): void;
}

/** Outputs as onnxruntime-node copies them. */
export class CopiedOutputs implements OutputArrays {
  run(session: SharedSession, feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    return session.run(feeds);
  }

  takeBack(arrays: ReadonlyMap<string, TensorData>): void {
    letGo([...arrays.values()]);
  }
}

/** Outputs that ONNX Runtime writes into arrays of ours. Those taken back are written to again by the next run. */
export class PlacedOutputs implements OutputArrays {
  private readonly spare = new Map<string, TensorData>();

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
    feeds: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const tensors = Object.fromEntries(
      this.ports.map(({ port: { tensor, dtype }, dims }) => {
        const data = this.spare.get(tensor) ?? allocate(dtype, sizeOf(dims));
        return [tensor, toFeed(dims, data)];
      }),
    );
    this.spare.clear();
    await runUncopied(session, feeds, tensors, this.refusal);
    return tensors;
  }

  takeBack(arrays: ReadonlyMap<string, TensorData>): void {
    for (const [tensor, data] of arrays) this.spare.set(tensor, data);
  }
}
