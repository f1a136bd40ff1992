import type { NamedBatchedSpecs, NamedSpecs, NamedValues, TensorSpec, TensorValue } from '../engine.js';
import { EngineError } from '../errors.js';
import { arrayNameOf, describeSpec, holdsType, sameShape, sizeOf } from '../tensor-value.js';
import { specsAtBatchOf } from './batch.js';
import { closestName } from './closest-name.js';

/** What the values are for: `input` of a run, `state` entry to be written, `constant` of a signature. */
export type ValueRole = 'input' | 'state entry' | 'constant';

/** Refuses names that the signature lacks, suggesting the nearest one. */
export function refuseUnknownNames(
  program: string,
  role: ValueRole,
  names: readonly string[],
  known: NamedBatchedSpecs,
): void {
  const valid = Object.keys(known);
  for (const name of names) {
    if (Object.hasOwn(known, name)) continue;
    const near = closestName(name, valid);
    const suggestion = near === undefined ? '' : ` Did you mean "${near}"?`;
    const listed = valid.length === 0 ? 'it has none' : `it has ${listNames(valid)}`;
    throw new EngineError(`Program "${program}" has no ${role} "${name}": ${listed}.${suggestion}`);
  }
}

/**
 * Checks that every input of the signature is given, with its shape and element type, and nothing else; and that all
 * axes that follow the batch are equally long.
 */
export function checkInputs(program: string, inputs: NamedValues, specs: NamedBatchedSpecs): void {
  refuseUnlessValues(program, 'input', inputs);
  const missing = Object.keys(specs).filter((name) => !Object.hasOwn(inputs, name));
  if (missing.length > 0) {
    throw new EngineError(
      `Program "${program}" was run without ${missing.length === 1 ? 'its input' : 'its inputs'} ` +
        `${listNames(missing)}: give each input of the signature at every run.`,
    );
  }
  checkValues(program, 'input', inputs, specsAtBatchOf(program, specs, inputs));
}

/** Checks values against specs of the same names; entries may be left out. */
export function checkValues(program: string, role: ValueRole, values: NamedValues, specs: NamedSpecs): void {
  refuseUnlessValues(program, role, values);
  refuseUnknownNames(program, role, Object.keys(values), specs);
  for (const [name, value] of Object.entries(values)) {
    const spec = specs[name];
    if (spec !== undefined) checkValue(program, role, name, value, spec);
  }
}

/** What the types of TypeScript say, for callers in JavaScript. */
function refuseUnlessValues(program: string, role: ValueRole, values: unknown): void {
  const expected = 'give { name: { dtype, shape, data }, ... }';
  if (typeof values !== 'object' || values === null) {
    throw new EngineError(
      `Program "${program}" received ${String(values)} in the place of its ${role} values: ${expected}.`,
    );
  }
  for (const [name, value] of Object.entries<unknown>({ ...values })) {
    const whole = typeof value === 'object' && value !== null && 'shape' in value && Array.isArray(value.shape);
    if (whole) continue;
    throw new EngineError(`The ${role} "${name}" of program "${program}" has no shape, or is no value: ${expected}.`);
  }
}

function checkValue(program: string, role: ValueRole, name: string, value: TensorValue, spec: TensorSpec): void {
  const where = `The ${role} "${name}" of program "${program}"`;
  if (value.dtype !== spec.dtype || !sameShape(value.shape, spec.shape)) {
    throw new EngineError(
      `${where} must be ${describeSpec(spec)} but is ${describeSpec(value)}: ` +
        `reshape or convert it, or compile the program for this shape.`,
    );
  }
  checkData(where, value);
}

/** Checks that the host array of a value has the class and length that its spec calls for. */
export function checkData(where: string, value: TensorValue): void {
  if (!holdsType(value.dtype, value.data)) {
    throw new EngineError(`${where} is ${value.dtype}, so its data must be a ${arrayNameOf(value.dtype)}.`);
  }
  if (value.data.length !== sizeOf(value.shape)) {
    throw new EngineError(
      `${where} has shape [${value.shape.join(',')}], so its data must have ${sizeOf(value.shape)} elements; ` +
        `it has ${value.data.length}.`,
    );
  }
}

/** Refuses to run a program whose state is not complete. */
export function refuseUnwrittenState(program: string, unwritten: readonly string[]): void {
  if (unwritten.length === 0) return;
  throw new EngineError(
    `Program "${program}" cannot run: ${unwritten.length} of its state entries ${unwritten.length === 1 ? 'was' : 'were'} ` +
      `never written (${listNames(unwritten)}). Call writeState with a first value for each before the first run.`,
  );
}

/** At most five names in quotes, then a count. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}
