import type { Program, ProgramSignature } from '../engine.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/value.js';
import { inputsOf } from '../graph/value.js';
import { signatureAt } from '../signature/batch.js';
import { checkSignature } from '../signature/check-signature.js';
import { sizeOf } from '../tensor-value.js';
import { splitUpdates } from '../updates/split-updates.js';
import { trace } from '../trace/trace.js';
import { floatingPointOperations } from './floating-point-operations.js';

/** What one run of a program costs, read from its recorded graph; nothing is computed. */
export interface ProgramCost {
  /** Floating-point operations of convolutions and matrix products; a multiply-add counts as two. */
  readonly floatingPointOperations: number;
  /** Bytes of constants and state, which stay in memory between runs. */
  readonly residentBytes: number;
  /**
   * Largest number of bytes that inputs, outputs and intermediate values take at the same time, if values are computed in the order of the
   * program and let go after their last use, and updates of state at its end are made in place, as onnxruntime makes them on the CPU.
   * An estimate: engines fuse operations, align buffers and keep workspaces.
   */
  readonly workingBytes: number;
}

/**
 * Records a program and counts; axes that follow the batch count as one.
 * @throws UnsupportedProgramError if it does what a static graph cannot
 */
export function programCost(label: string, program: Program, signature: ProgramSignature): ProgramCost {
  const { graph } = trace(label, program, signatureAt(checkSignature(label, signature), 1));
  const operations = graph.values.reduce((sum, value) => sum + floatingPointOperations(value), 0);
  const resident = graph.arguments.filter(({ role }) => role !== 'input');
  return {
    floatingPointOperations: operations,
    residentBytes: resident.reduce((sum, value) => sum + bytesOf(value), 0),
    workingBytes: peakBytes(splitUpdates(graph).graph),
  };
}

const bytesOf = ({ shape, dtype }: Value): number => sizeOf(shape) * (dtype === 'bool' ? 1 : 4);

/** A reshaped value has the memory of the one that it was made from. */
function memoryOf(value: Value): Value {
  return value.kind === 'node' && value.operation === 'Reshape' ? memoryOf(value.inputs[0]) : value;
}

/** Values that take memory of their own during a run. */
const isWorking = (value: Value): boolean =>
  value.kind === 'node' || (value.kind === 'argument' && value.role === 'input');

function peakBytes({ values, results }: Graph): number {
  const lastUse = new Map<Value, number>();
  values.forEach((value, position) => {
    for (const input of inputsOf(value)) lastUse.set(memoryOf(input), position);
  });
  for (const { value } of results) lastUse.set(memoryOf(value), values.length);
  const endingAt = new Map<number, number>();
  let live = 0;
  let peak = 0;
  values.forEach((value, position) => {
    if (isWorking(value) && memoryOf(value) === value) {
      const bytes = bytesOf(value);
      live += bytes;
      const end = lastUse.get(value) ?? position;
      endingAt.set(end, (endingAt.get(end) ?? 0) + bytes);
    }
    peak = Math.max(peak, live);
    live -= endingAt.get(position) ?? 0;
  });
  return peak;
}
