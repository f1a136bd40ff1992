import type { AxisLength, ExecutableSignature, NamedBatchedSpecs, Program, TensorSpec } from '../engine.js';
import { UnsupportedProgramError } from '../errors.js';
import { followsBatch, signatureAt } from '../signature/batch.js';
import { describeSpec } from '../tensor-value.js';
import { trace } from './trace.js';
import type { Trace } from './trace.js';

/** A program recorded at one batch size. */
export interface SizedTrace extends Trace {
  readonly batch: number;
}

/** A program recorded at one batch size or, if it is to take any, at several. */
export interface BatchTraces {
  readonly traces: readonly [SizedTrace, ...SizedTrace[]];
  readonly outputs: NamedBatchedSpecs;
}

/**
 * Batch sizes at which a program is recorded that is to take any. Two tell how lengths follow the batch, the third proves
 * it. They are odd sizes, which lengths of other axes seldom share.
 */
export const RECORDED_BATCHES = [5, 7, 11] as const;

/**
 * Records a program at the batch sizes needed to compile it.
 * @throws UnsupportedProgramError if it cannot be recorded, or its outputs do not follow the batch axis by axis
 */
export function traceBatches(
  label: string,
  program: Program,
  signature: ExecutableSignature,
  batches: readonly [number, ...number[]] = RECORDED_BATCHES,
): BatchTraces {
  const at = (batch: number): SizedTrace => ({ ...trace(label, program, signatureAt(signature, batch)), batch });
  const [first, ...others] = batches;
  const traces: [SizedTrace, ...SizedTrace[]] = [at(first)];
  if (followsBatch(signature.inputs)) traces.push(...others.map(at));
  return { traces, outputs: outputsOf(label, traces) };
}

function outputsOf(label: string, traces: BatchTraces['traces']): NamedBatchedSpecs {
  return Object.fromEntries(
    Object.entries(traces[0].outputs).map(([name, { dtype, shape }]) => {
      const specs = traces.map((one) => one.outputs[name]);
      const lengths = shape.flatMap((_, axis) => axisLength(traces, specs, axis) ?? []);
      const sameRank = specs.every((spec) => spec?.shape.length === shape.length);
      if (!sameRank || lengths.length !== shape.length) throw refusal(label, name, specs);
      return [name, { dtype, shape: lengths }];
    }),
  );
}

/** How one axis of an output follows the batch; undefined if it does neither stay nor equal it. */
function axisLength(
  traces: BatchTraces['traces'],
  specs: readonly (TensorSpec | undefined)[],
  axis: number,
): AxisLength | undefined {
  const extents = specs.map((spec) => spec?.shape[axis]);
  if (extents.every((extent) => extent === extents[0])) return extents[0];
  return traces.every(({ batch }, index) => extents[index] === batch) ? 'batch' : undefined;
}

function refusal(label: string, name: string, specs: readonly (TensorSpec | undefined)[]): UnsupportedProgramError {
  const seen = specs.map((spec) => (spec === undefined ? 'nothing' : describeSpec(spec))).join(', then ');
  return new UnsupportedProgramError(
    `The output "${name}" of program "${label}"`,
    `at batch sizes ${RECORDED_BATCHES.join(', ')} it was ${seen}, so that a length is neither fixed nor that of the batch`,
    'Reshape it to [batch, ...] before handing it out, or compile the program for one batch size.',
  );
}
