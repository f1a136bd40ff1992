import type { PipelineDefinitionInput } from '../pipeline-definition.js';

/** A figure of a publication, with all that it depends on. */
export interface PublishedResult {
  /** Mean average precision, from 0 to 1. */
  readonly meanAveragePrecision: number;
  /** Name of the metric that computes it so. */
  readonly protocol: string;
  /** What it was measured on. */
  readonly dataset: string;
  readonly source: string;
}

/** A pipeline with the recipe that it is trained with, under a name. */
export interface PipelinePreset {
  readonly name: string;
  readonly description: string;
  readonly definition: PipelineDefinitionInput;
  /** Only what differs from the recipe's defaults. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** Labels that costs are counted for. */
  readonly labelCount: number;
  /** `null` for a preset that is not from the paper. */
  readonly published: PublishedResult | null;
}
