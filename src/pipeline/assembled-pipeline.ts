import type { AxisLength, NamedValues, Program, ProgramSignature } from '@query2label/engine';
import type {
  BuiltOptimizer,
  DecoderAttention,
  FeatureMapSize,
  ImageSize,
  Normalization,
  ParameterSpec,
} from '@query2label/sdk';
import type { PipelineDefinition } from './pipeline-definition.js';
import type { WeightsReport } from './weights/initial-weights.js';
import type { ParameterTarget } from './weights/parameter-target.js';

/** First values of all parameters and buffers, and where those of the backbone came from. */
export interface InitialValues {
  readonly values: NamedValues;
  /** `null` if the definition names no weights file. */
  readonly weights: WeightsReport | null;
}

export interface PredictionProgramOptions {
  /** Whether to hand back cross-attention too; the decoder must have some. @default false */
  readonly attention?: boolean;
}

/** A program together with what it must be compiled for. */
export interface CompilableProgram {
  readonly program: Program;
  readonly signature: ProgramSignature;
}

/**
 * What a program starts from: `images` `[batch, height, width, 3]`, RGB from 0 to 255; or `features`, what `featuresProgram` made of them,
 * `[batch, featureMap.height, featureMap.width, featureMap.channels]`. It names the input.
 */
export type ProgramSource = 'images' | 'features';

export interface TrainingProgramOptions {
  /** @default 'images' */
  readonly source?: ProgramSource;
  readonly optimizer: BuiltOptimizer;
  readonly batchSize: number;
  /** Largest global L2 norm of the gradients; `null` leaves them as they are. */
  readonly gradientClipNorm: number | null;
  /** Decay of the moving average of parameters and buffers; `null` keeps none. */
  readonly averageDecay: number | null;
}

/**
 * Backbone, decoder and loss built for one image size and label count.
 *
 * State entries of the training program: trainable parameters and buffers under their own names, `average/<name>` for their
 * moving averages, `optimizer/<moment>/<name>` for the optimizer's moments. Frozen parameters are constants.
 */
export interface AssembledPipeline {
  readonly definition: PipelineDefinition;
  readonly labelCount: number;
  readonly imageSize: ImageSize;
  readonly featureMap: FeatureMapSize;
  readonly normalization: Normalization;
  /** `null` if the decoder has no attention to show. */
  readonly attention: DecoderAttention | null;
  /** How the backbone was fitted to the image size, a sentence each; see `BuiltBackbone.notes`. */
  readonly notes: readonly string[];
  /** All parameters and buffers in order of declaration; those under a frozen prefix have the role `frozen`. */
  readonly parameters: readonly ParameterSpec[];

  /** What tensors of a checkpoint file become. */
  readonly target: ParameterTarget;

  /** Draws or loads the first values: a pure function of the seed and the weights file. */
  initialValues(seed: number): Promise<InitialValues>;

  /**
   * Prediction with the parameters compiled in.
   * Input `images` `[batch, height, width, 3]`, RGB from 0 to 255; outputs `probabilities` `[batch, labels]`, `logits`
   * `[batch, labels]`. Where attention is asked for there is an input `attentionShares` `[batch, layers, heads]`, see `attentionShares`, and
   * an output `attention` `[batch, labels, featureMap.height, featureMap.width]`.
   * @param values all parameters and buffers
   * @param batchSize images of a run; `batch` takes any number of them
   */
  predictionProgram(values: NamedValues, batchSize: AxisLength, options?: PredictionProgramOptions): CompilableProgram;

  /**
   * The backbone alone, for one picture: input `images` `[1, height, width, 3]`, output `features`. One picture at a time, so that
   * its features depend on nothing else.
   * @param values all parameters and buffers
   */
  featuresProgram(values: NamedValues): CompilableProgram;

  /**
   * Why the features of a picture do not stay the same from one step to the next, in words; `null` if they do: no parameter of the
   * backbone learns, no buffer of it moves, it draws nothing at random and computes the same in training and prediction.
   * @param values all parameters and buffers
   */
  whyFeaturesChange(values: NamedValues): string | null;

  /**
   * Prediction without attention, with trainable parameters and buffers as state: written anew for each evaluation.
   * @param values all parameters and buffers; only the frozen ones are read
   */
  evaluationProgram(values: NamedValues, batchSize: AxisLength, source?: ProgramSource): CompilableProgram;

  /**
   * One training step: forward, loss, gradients, clipping, optimizer, moving average, buffer updates.
   * Inputs: `images` or `features` as `source` says, `targets` `[batch, labels]` (1, 0, -1 unknown), `key` int32 `[2]`, and each scalar of
   * the optimizer as `scalar/<name>`. Outputs: `loss`, `gradientNorm` (before clipping), `logits` `[batch, labels]`.
   * @param values all parameters and buffers; only the frozen ones are read
   */
  trainingProgram(values: NamedValues, options: TrainingProgramOptions): CompilableProgram;

  /** State of the training program before the first step: moments at zero, averages equal to the parameters. */
  initialTrainingState(
    values: NamedValues,
    options: Pick<TrainingProgramOptions, 'optimizer' | 'averageDecay'>,
  ): NamedValues;
}
