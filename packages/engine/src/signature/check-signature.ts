import type { ExecutableSignature, NamedSpecs, ProgramSignature, TensorSpec } from '../engine.js';
import { EngineError } from '../errors.js';
import { TENSOR_DATA_TYPES, isTensorDataType } from '../tensor-value.js';
import { checkData } from './check-values.js';

/**
 * Checks the shapes, element types and constants of a signature.
 * @returns the same signature without the values of its constants
 */
export function checkSignature(program: string, signature: ProgramSignature): ExecutableSignature {
  const constants = checkSpecs(program, 'constant', signature.constants);
  for (const [name, value] of Object.entries(signature.constants)) {
    checkData(`The constant "${name}" of program "${program}"`, value);
  }
  return {
    constants,
    state: checkSpecs(program, 'state entry', signature.state),
    inputs: checkSpecs(program, 'input', signature.inputs),
  };
}

function checkSpecs(program: string, role: string, specs: NamedSpecs): NamedSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      checkSpec(`The ${role} "${name}" of program "${program}"`, spec),
    ]),
  );
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
