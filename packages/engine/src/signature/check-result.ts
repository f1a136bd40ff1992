import * as tf from '@tensorflow/tfjs';
import type { NamedSpecs, NamedTensors, ProgramResult, TensorSpec } from '../engine.js';
import { EngineError } from '../errors.js';
import { describeSpec, isTensorDataType, sameShape } from '../tensor-value.js';
import { refuseUnknownNames } from './check-values.js';

/**
 * Checks what a program returned: tensors only, no unknown state entry, and state of the shape and type it came in.
 * @returns the specs of the outputs
 */
export function checkResult(program: string, result: ProgramResult, state: NamedSpecs): NamedSpecs {
  if (!isRecord(result) || !isRecord(result.outputs)) {
    throw new EngineError(
      `Program "${program}" must return { outputs: { name: tensor, ... } }, and new state beside it; ` +
        `it returned ${isRecord(result) ? `an object without outputs (${Object.keys(result).join(', ')})` : describe(result)}.`,
    );
  }
  const outputs = specsOf(program, 'output', result.outputs);
  const returned = specsOf(program, 'state entry', result.state ?? {});
  if (Object.keys(outputs).length + Object.keys(returned).length === 0) {
    throw new EngineError(`Program "${program}" returned no output and no state, so that there is nothing to compute.`);
  }
  refuseUnknownNames(program, 'state entry', Object.keys(returned), state);
  for (const [name, spec] of Object.entries(returned)) {
    const declared = state[name];
    if (declared === undefined || (declared.dtype === spec.dtype && sameShape(declared.shape, spec.shape))) continue;
    throw new EngineError(
      `Program "${program}" returned ${describeSpec(spec)} for the state entry "${name}", ` +
        `which is ${describeSpec(declared)}: new state must keep shape and element type.`,
    );
  }
  return outputs;
}

function specsOf(program: string, role: string, tensors: NamedTensors): NamedSpecs {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      specOf(`The ${role} "${name}" of program "${program}"`, tensor),
    ]),
  );
}

function specOf(where: string, tensor: tf.Tensor): TensorSpec {
  if (!isTensor(tensor)) {
    throw new EngineError(
      `${where} must be a tensor; the program returned ${describe(tensor)}: make one with tf.scalar or tf.tensor.`,
    );
  }
  if (!isTensorDataType(tensor.dtype)) {
    throw new EngineError(`${where} is of type ${tensor.dtype}: only float32, int32 and bool leave a program.`);
  }
  return { dtype: tensor.dtype, shape: tensor.shape };
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof tf.Tensor);
}

function describe(value: unknown): string {
  if (value instanceof tf.Tensor) return 'a tensor';
  return value === null ? 'null' : typeof value;
}

function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor;
}
