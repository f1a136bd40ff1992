import type { AxisLength, BatchedSpec, NamedBatchedSpecs, NamedSpecs, NamedValues, TensorSpec } from '../engine.js';
import type { ExecutableSignature } from '../engine.js';
import { EngineError } from '../errors.js';
import { describeSpec } from '../tensor-value.js';

/** A signature in which every length is a number. */
export interface StaticSignature {
  readonly constants: NamedSpecs;
  readonly state: NamedSpecs;
  readonly inputs: NamedSpecs;
}

export function followsBatch(specs: NamedBatchedSpecs): boolean {
  return Object.values(specs).some(({ shape }) => shape.includes('batch'));
}

/** The same signature for batches of one size. */
export function signatureAt(signature: ExecutableSignature, batch: number): StaticSignature {
  return { ...signature, inputs: specsAt(signature.inputs, batch) };
}

export function specsAt(specs: NamedBatchedSpecs, batch: number): NamedSpecs {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, specAt(spec, batch)]));
}

function specAt({ dtype, shape }: BatchedSpec, batch: number): TensorSpec {
  return { dtype, shape: shape.map((extent) => (extent === 'batch' ? batch : extent)) };
}

/** Narrows a shape to one without axes that follow the batch. */
export function isStaticShape(shape: readonly AxisLength[]): shape is readonly number[] {
  return !shape.includes('batch');
}

/**
 * What the inputs of a run must be, given the batch size that the first of them has.
 * @throws EngineError if that batch is empty, or an input has another number of axes than its spec
 */
export function specsAtBatchOf(program: string, specs: NamedBatchedSpecs, inputs: NamedValues): NamedSpecs {
  const first = Object.entries(specs).find(([name, { shape }]) => shape.includes('batch') && name in inputs);
  if (first === undefined) return specsAt(specs, 1);
  const [name, spec] = first;
  const value = inputs[name];
  const where = `The input "${name}" of program "${program}"`;
  if (value?.shape.length !== spec.shape.length) {
    throw new EngineError(
      `${where} must be ${describeSpec(spec)} but is ${value === undefined ? 'missing' : describeSpec(value)}.`,
    );
  }
  const batch = value.shape[spec.shape.indexOf('batch')] ?? 0;
  if (batch < 1) throw new EngineError(`${where} is an empty batch, ${describeSpec(value)}: give at least one.`);
  return specsAt(specs, batch);
}
