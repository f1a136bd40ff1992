import type { Tensor } from 'onnxruntime-node';
import type { SharedSession } from '../../cache/session-pool.js';
import { copyModel } from '../../onnx/format/copy-model.js';
import { ONNX_TYPES, type OnnxModel } from '../../onnx/format/model.js';
import { writeModel } from '../../onnx/format/write-model.js';
import { startSession, toFeed } from '../../onnx/session.js';

const LIST = 'list before the outputs';

/**
 * The model with an empty list as its first output.
 *
 * ONNX Runtime writes an output into the array that a run was given for it, and onnxruntime-node makes a copy of it all the same: it brings the
 * outputs to JavaScript in their order, and stops at the first that JavaScript has no type for. A list is one.
 */
export function uncopied(model: OnnxModel): OnnxModel {
  const attributes = { dtype: ONNX_TYPES.float32 };
  const node = { operator: 'SequenceEmpty', domain: '', name: LIST, inputs: [], outputs: [LIST], attributes };
  return { ...model, nodes: [...model.nodes, node], lists: [{ name: LIST, elements: 'float32' }] };
}

/**
 * Runs an {@link uncopied} model.
 * @param outputs tensors over the arrays that are written to: all outputs of the model
 * @param refusal what onnxruntime-node says of the list, see {@link listRefusal}
 */
export async function runUncopied(
  session: Pick<SharedSession, 'run'>,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
  refusal: string,
): Promise<void> {
  try {
    await session.run(feeds, { [LIST]: null, ...outputs });
  } catch (error) {
    if (messageOf(error) !== refusal) throw error;
  }
}

let found: Promise<string | undefined> | undefined;

/**
 * What onnxruntime-node says of a list among the outputs, found out once by a small run.
 * @returns undefined where it does not write to the arrays that it is given, or takes lists: its copies are to be used then
 */
export function listRefusal(): Promise<string | undefined> {
  found ??= probe().catch(() => undefined);
  return found;
}

async function probe(): Promise<string | undefined> {
  const options = { executionProviders: ['cpu'], threads: 1, training: true, quiet: true };
  const session = await startSession(writeModel(uncopied(copyModel('float32', 1)), 'probe'), options);
  const [given, written] = [Float32Array.of(3, 1, 4), new Float32Array(3)];
  try {
    await session.run({ x: toFeed([3], given) }, { [LIST]: null, y: toFeed([3], written) });
    return undefined;
  } catch (error) {
    return written.join() === given.join() ? messageOf(error) : undefined;
  } finally {
    await session.release();
  }
}

/** Of an error that may come from another realm, as native code's do where tests run. */
function messageOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  return typeof error.message === 'string' ? error.message : undefined;
}
