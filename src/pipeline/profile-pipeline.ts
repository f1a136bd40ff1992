import { type NamedValues, programCost } from '@query2label/engine';
import type { BuiltOptimizer } from '@query2label/sdk';
import type { AssembledPipeline } from './assembled-pipeline.js';

/** Size and cost of a pipeline, derived from its parts and its recorded programs. */
export interface PipelineProfile {
  /** Numbers in all parameters, as PyTorch counts `parameters()`: buffers do not count. */
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Floating-point operations to predict one image; a multiply-add counts as two. */
  readonly predictionOperations: number;
  /** Floating-point operations of a training step, by image. */
  readonly trainingOperations: number;
  /** Estimated bytes that prediction of the batch takes. */
  readonly predictionBytes: number;
  /** Estimated bytes that training with the batch takes: parameters, averages, optimizer state, gradients, activations. */
  readonly trainingBytes: number;
}

/** @param averageDecay decay of the moving average; `null` keeps none and saves its memory */
export function profilePipeline(
  pipeline: AssembledPipeline,
  optimizer: BuiltOptimizer,
  { batchSize, averageDecay }: { readonly batchSize: number; readonly averageDecay: number | null },
): PipelineProfile {
  const own = pipeline.parameters.filter(({ role }) => role !== 'buffer');
  const trainable = own.filter(({ role }) => role === 'trainable');
  const values = emptyValues(pipeline);
  const prediction = pipeline.evaluationProgram(values, batchSize);
  const training = pipeline.trainingProgram(values, { optimizer, batchSize, averageDecay, gradientClipNorm: null });
  const predicting = programCost('prediction', prediction.program, prediction.signature);
  const step = programCost('training-step', training.program, training.signature);
  return {
    parameters: elements(own),
    trainableParameters: elements(trainable),
    predictionOperations: predicting.floatingPointOperations / batchSize,
    trainingOperations: step.floatingPointOperations / batchSize,
    predictionBytes: predicting.residentBytes + predicting.workingBytes,
    trainingBytes: step.residentBytes + step.workingBytes,
  };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const elements = (specs: AssembledPipeline['parameters']): number =>
  specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Zeros for the frozen parameters, which programs take as constants; nothing is computed with them. */
function emptyValues({ parameters }: AssembledPipeline): NamedValues {
  const frozen = parameters.filter(({ role }) => role === 'frozen');
  return Object.fromEntries(
    frozen.map(({ name, shape }) => [name, { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) }]),
  );
}
