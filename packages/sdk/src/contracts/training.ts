import type * as tf from '@tensorflow/tfjs';
import type { ParameterSpec } from './parameters.js';

/** Values that a schedule sets for one optimizer step. */
export interface ScheduleValues {
  readonly learningRate: number;
  /** Replaces the optimizer's first momentum (`beta1`) where the schedule cycles it. */
  readonly momentum?: number;
}

export interface ScheduleContext {
  /** Learning rate of the recipe: the peak of schedules that rise and fall. */
  readonly learningRate: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

export interface BuiltSchedule {
  /** @param step 0 for the first optimizer step, at most `totalSteps - 1` */
  at(step: number): ScheduleValues;
}

export interface ScheduleProvider<Options> {
  build(options: Options, context: ScheduleContext): BuiltSchedule;
}

export interface OptimizerUpdate {
  readonly parameter: tf.Tensor;
  readonly state: Readonly<Record<string, tf.Tensor>>;
}

export interface BuiltOptimizer {
  /** Names of the state tensors kept for each parameter, each of the parameter's shape and starting at zero: `exp_avg`. */
  readonly stateNames: readonly string[];
  /**
   * Scalars computed on the host in double precision for one step and fed to `update` (bias corrections and the like).
   * @param step 1 for the first step
   */
  scalars(step: number, schedule: ScheduleValues): Readonly<Record<string, number>>;
  /** One update, written in TensorFlow.js ops; recorded as part of the training step. */
  update(
    spec: ParameterSpec,
    parameter: tf.Tensor,
    gradient: tf.Tensor,
    state: Readonly<Record<string, tf.Tensor>>,
    scalars: Readonly<Record<string, tf.Scalar>>,
  ): OptimizerUpdate;
}

export interface OptimizerProvider<Options> {
  build(options: Options): BuiltOptimizer;
}

/** Scores and truths of an evaluated split, row-major `[images, labels]`. */
export interface MetricInput {
  readonly images: number;
  readonly labels: number;
  /** Probabilities in `[0, 1]`. */
  readonly scores: Float32Array;
  /** 1 present, 0 absent, -1 unknown. */
  readonly targets: Int8Array;
}

export interface MetricResult {
  /** The value for the whole split; `null` if it is not defined (no label has a positive). */
  readonly value: number | null;
  /** One value per label where the protocol has one; `null` for labels without positives. */
  readonly perLabel?: readonly (number | null)[];
  /** Further figures of the same protocol by their usual names: `CP`, `OF1`. */
  readonly figures?: Readonly<Record<string, number | null>>;
}

export interface BuiltMetric {
  /** Whether smaller values are better, as of errors: such a metric cannot decide which parameters are best. @default false */
  readonly lowerIsBetter?: boolean;
  compute(input: MetricInput): MetricResult;
}

export interface MetricProvider<Options> {
  build(options: Options): BuiltMetric;
}
