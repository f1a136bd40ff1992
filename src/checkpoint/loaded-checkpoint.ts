import type { NamedValues, Quantization } from '@query2label/engine';
import type { PipelineDefinition } from '../pipeline/pipeline-definition.js';
import type { CheckpointManifest } from './checkpoint-manifest.js';

/** A checkpoint that predicts: verified, read, and complete in itself. */
export interface LoadedCheckpoint {
  readonly manifest: CheckpointManifest;
  readonly definition: PipelineDefinition;
  readonly labels: readonly string[];
  /** One decision threshold per label, as set last. */
  readonly thresholds: readonly number[];
  /** All parameters and buffers, raw or averaged as `manifest.predicts` says. */
  readonly parameters: NamedValues;
  /** How it computes in 8 bits, if it is to predict so. */
  readonly quantization: Quantization | null;
}

/** A checkpoint that training goes on from: all of its tensors. */
export interface LoadedTrainingCheckpoint {
  readonly manifest: CheckpointManifest;
  /** All parameters and buffers, frozen ones included. */
  readonly parameters: NamedValues;
  /** Moving averages by parameter name; empty if the run keeps none. */
  readonly averages: NamedValues;
  /** Optimizer moments by the names of the training program's state. */
  readonly optimizer: NamedValues;
}
