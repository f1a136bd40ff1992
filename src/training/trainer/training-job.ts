import type { Engine } from '@query2label/engine';
import type { BuiltAugmentation, BuiltOptimizer, BuiltSchedule } from '@query2label/sdk';
import type { MetricRecord, TrainingState } from '../../checkpoint/checkpoint-manifest.js';
import type { CheckpointTensors } from '../../checkpoint/checkpoint-store.js';
import type { LoadedTrainingCheckpoint } from '../../checkpoint/loaded-checkpoint.js';
import type { BatchLoader } from '../../dataset/batch/batch-loader.js';
import type { LoadedSplit } from '../../dataset/batch/loaded-split.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import type { Recipe } from '../recipe.js';
import type { FeatureCache } from '../features/feature-cache.js';
import type { NamedMetric } from './evaluate.js';

export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly totalSteps: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  /** Share of the step's pictures whose features came from the cache, 0 to 1; null where features are not cached. */
  readonly featuresFromCache: number | null;
  readonly secondsLeft: number;
  /** Newest value of the deciding metric, raw or averaged, whichever is better. */
  readonly metric: number | null;
}

export interface Snapshot {
  readonly kind: 'LAST' | 'BEST';
  readonly state: TrainingState;
  /** All records of the run so far. */
  readonly history: readonly MetricRecord[];
  /** Records that no earlier LAST snapshot held. */
  readonly fresh: readonly MetricRecord[];
  readonly predicts: 'raw' | 'averaged';
  readonly tensors: CheckpointTensors;
}

/** Why a trainer stopped before the end. */
export type StopReason = 'pause' | 'cancel' | 'drain' | 'disk';

/** What the surroundings of a trainer do for it. */
export interface TrainerHooks {
  /** Called before each step; an answer ends the training there, with a LAST snapshot unless it is `cancel`. */
  shouldStop(): Promise<StopReason | null>;
  onProgress(progress: TrainingProgress): Promise<void>;
  onLog(level: 'info' | 'warn', message: string): Promise<void>;
  /** Keeps a snapshot durably. */
  onSnapshot(snapshot: Snapshot): Promise<void>;
  /** How long the longest step has blocked the process so far, in milliseconds. */
  onStepTime(milliseconds: number): void;
}

/** All that a training consists of. */
export interface TrainingJob {
  readonly engine: Engine;
  readonly pipeline: AssembledPipeline;
  readonly recipe: Recipe;
  readonly train: LoadedSplit;
  readonly validation: LoadedSplit;
  readonly loader: BatchLoader;
  readonly featureCache: FeatureCache;
  readonly optimizer: BuiltOptimizer;
  readonly schedule: (totalSteps: number, stepsPerEpoch: number) => BuiltSchedule;
  readonly augmentations: readonly BuiltAugmentation[];
  readonly metrics: readonly NamedMetric[];
  /** Where to go on from; null starts anew. */
  readonly resume: LoadedTrainingCheckpoint | null;
  readonly hooks: TrainerHooks;
}
