import type { Program, ProgramSignature } from '../engine.js';
import { EngineError } from '../errors.js';
import { lowerBatches } from '../onnx/batch/lower-batches.js';
import type { OnnxModel } from '../onnx/format/model.js';
import { writeModel } from '../onnx/format/write-model.js';
import type { LoweredProgram } from '../onnx/lowering/lower.js';
import { checkSignature } from '../signature/check-signature.js';
import { traceBatches } from '../trace/trace-batches.js';

export interface OnnxExportOptions {
  /** Name of the graph in the file. */
  readonly name: string;
  /** Words about the model: the `metadata_props` of the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a program without state as an ONNX file for any runtime: operators of the standard alone (operator set 20), constants
 * inside, inputs and outputs under their names in the program.
 * @throws UnsupportedProgramError if the program cannot be compiled
 * @throws EngineError if it has state, or its file would exceed the 2 GiB that the format allows
 */
export function exportOnnx(program: Program, given: ProgramSignature, options: OnnxExportOptions): Uint8Array {
  const { name, metadata } = options;
  const signature = checkSignature(name, given);
  if (Object.keys(signature.state).length > 0) {
    throw new EngineError(`Program "${name}" has state, which an ONNX file cannot hold: declare it as constants.`);
  }
  const { traces, outputs } = traceBatches(name, program, signature);
  const lowered = lowerBatches({ label: name, signature, outputs, graphs: traces }, given.constants, {
    standardOnly: true,
  });
  return writeModel(withProgramNames(lowered), name, { whole: true, metadata }).bytes;
}

/** The model with its inputs and outputs named as in the program. */
function withProgramNames({ model, inputs, outputs }: LoweredProgram): OnnxModel {
  const names = new Map([...inputs, ...outputs].map(({ tensor, name }) => [tensor, name]));
  const renamed = (tensor: string): string => names.get(tensor) ?? tensor;
  const port = <Port extends { readonly name: string }>(one: Port): Port => ({ ...one, name: renamed(one.name) });
  return {
    ...model,
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    inputs: model.inputs.map(port),
    outputs: model.outputs.map(port),
  };
}
