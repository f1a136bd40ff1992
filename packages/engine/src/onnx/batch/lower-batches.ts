import type { ExecutableSignature, NamedBatchedSpecs, NamedValues } from '../../engine.js';
import { EngineError, UnsupportedProgramError } from '../../errors.js';
import type { Graph } from '../../graph/graph.js';
import { lower } from '../lowering/lower.js';
import type { LoweredProgram, LoweringOptions } from '../lowering/lower.js';
import { onnxPort } from '../lowering/model-ports.js';
import type { ModelPort } from '../lowering/model-ports.js';
import type { BatchSource } from './batch-numbers.js';
import { joinModels, UnlikeModels } from './join-models.js';

/** A program recorded at one batch size. */
export interface SizedGraph {
  readonly batch: number;
  readonly graph: Graph;
}

export interface BatchedProgram {
  readonly label: string;
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  /** One, or several if the program takes any batch size. */
  readonly graphs: readonly [SizedGraph, ...SizedGraph[]];
}

/**
 * Lowers a program; to one model for all batch sizes if it was recorded at several.
 * @throws UnsupportedProgramError if what was recorded differs in more than lengths that follow the batch
 */
export function lowerBatches(
  program: BatchedProgram,
  constants: NamedValues,
  options: LoweringOptions = {},
): LoweredProgram {
  const [first, ...others] = program.graphs;
  if (others.length === 0) return lower(first.graph, constants, options);
  // Updates and draws are left to the model: what differs from size to size is found by comparing models.
  const inside = {
    ...options,
    ...{ anyBatchSize: true, updatesOnHost: false, drawsOnHost: false, channelBlock: undefined, tapsByIndex: false },
    packedState: false,
  };
  const lowered = lower(first.graph, constants, inside);
  const inputs = lowered.inputs.map((port) => withBatch(port, program.signature.inputs));
  const outputs = lowered.outputs.map((port) => withBatch(port, program.outputs));
  const models = others.map(({ batch, graph }) => ({ batch, model: lower(graph, constants, inside).model }));
  try {
    const model = joinModels(
      [{ batch: first.batch, model: lowered.model }, ...models],
      { inputs: inputs.map(onnxPort), outputs: outputs.map(onnxPort) },
      sourceOf(inputs),
    );
    return { ...lowered, model, inputs, outputs };
  } catch (error) {
    if (!(error instanceof UnlikeModels)) throw error;
    const sizes = program.graphs.map(({ batch }) => batch).join(', ');
    throw new UnsupportedProgramError(
      `Program "${program.label}" for any batch size`,
      `recorded at batch sizes ${sizes} it is not one program: ${error.message}`,
      'Take lengths from the shapes of tensors and means with tf.mean; numbers and tables made on the host must not ' +
        'depend on the batch size. Or compile it for one batch size.',
    );
  }
}

/** Ports of inputs and outputs lie in memory in logical order. */
function withBatch(port: ModelPort, specs: NamedBatchedSpecs): ModelPort {
  const spec = port.role === 'state' ? undefined : specs[port.name];
  return spec === undefined ? port : { ...port, dims: spec.shape };
}

function sourceOf(inputs: readonly ModelPort[]): BatchSource {
  const port = inputs.find(({ dims }) => dims.includes('batch'));
  if (port === undefined)
    throw new EngineError(
      'No input that the program uses has an axis that follows the batch: mark one "batch", or compile it for a fixed size.',
    );
  return { tensor: port.tensor, axis: port.dims.indexOf('batch') };
}
