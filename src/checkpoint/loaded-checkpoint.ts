import type { NamedValues } from '@query2label/engine';
import type { PipelineDefinition } from '../pipeline/pipeline-definition.js';
import type { CheckpointManifest } from './checkpoint-manifest.js';

/** A checkpoint that predicts: verified, read, and complete in itself. */
export interface LoadedCheckpoint {
  readonly manifest: CheckpointManifest;
  readonly definition: PipelineDefinition;
  readonly labels: readonly string[];
  /** One decision threshold per label. */
  readonly thresholds: readonly number[];
  /** All parameters and buffers, raw or averaged as `manifest.predicts` says. */
  readonly parameters: NamedValues;
}
