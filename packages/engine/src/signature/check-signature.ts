import type { BatchedSpec, ExecutableSignature, NamedSpecs, ProgramSignature, TensorSpec } from '../engine.js';
import { EngineError } from '../errors.js';
import { TENSOR_DATA_TYPES, isTensorDataType } from '../tensor-value.js';
import { checkData } from './check-values.js';

/**
 * Checks the shapes, element types and constants of a signature.
 * @returns the same signature without the values of its constants
 */
export function checkSignature(program: string, signature: ProgramSignature): ExecutableSignature {
  refuseUnlessSignature(program, signature);
  const constants = checkSpecs(program, 'constant', signature.constants);
  for (const [name, value] of Object.entries(signature.constants)) {
    checkData(`The constant "${name}" of program "${program}"`, value);
  }
  return {
    constants,
    state: checkSpecs(program, 'state entry', signature.state),
    inputs: Object.fromEntries(
      Object.entries(signature.inputs).map(([name, spec]) => [
        name,
        checkBatchedSpec(`The input "${name}" of program "${program}"`, spec),
      ]),
    ),
  };
}

/** What the types of TypeScript say, for callers in JavaScript. */
function refuseUnlessSignature(program: string, signature: unknown): void {
  const parts = ['constants', 'state', 'inputs'];
  const given = typeof signature === 'object' && signature !== null ? Object.entries(signature) : [];
  const present = given.flatMap(([name, part]) => (typeof part === 'object' && part !== null ? [name] : []));
  const missing = parts.filter((part) => !present.includes(part));
  if (missing.length === 0) return;
  throw new EngineError(
    `The signature of program "${program}" lacks ${missing.join(', ')}: give { constants, state, inputs }, each {} if there are none.`,
  );
}

function checkSpecs(program: string, role: string, specs: NamedSpecs): NamedSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      checkSpec(`The ${role} "${name}" of program "${program}"`, spec),
    ]),
  );
}

/** Axes that follow the batch may be there; all others are checked as they are. */
function checkBatchedSpec(where: string, spec: BatchedSpec): BatchedSpec {
  checkSpec(where, { dtype: spec.dtype, shape: spec.shape.map((extent) => (extent === 'batch' ? 1 : extent)) });
  return { dtype: spec.dtype, shape: [...spec.shape] };
}

function checkSpec(where: string, spec: TensorSpec): TensorSpec {
  if (!isTensorDataType(spec.dtype)) {
    throw new EngineError(
      `${where} has the element type ${String(spec.dtype)}: use one of ${TENSOR_DATA_TYPES.join(', ')}.`,
    );
  }
  const wrong = spec.shape.find((extent) => !Number.isSafeInteger(extent) || extent < 0);
  if (wrong !== undefined) {
    throw new EngineError(
      `${where} has the shape [${spec.shape.join(',')}], where ${wrong} is no length of an axis: ` +
        `shapes are static, made of whole numbers from 0.`,
    );
  }
  return { dtype: spec.dtype, shape: [...spec.shape] };
}
