import type { CheckpointManifest } from '../../checkpoint/checkpoint-manifest.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';

/** How pictures become the input of a pipeline, as its checkpoints say it. */
export function preprocessingOf({ imageSize, normalization }: AssembledPipeline): CheckpointManifest['preprocessing'] {
  const { height, width } = imageSize;
  const { mean, std } = normalization;
  return {
    ...{ height, width, resize: 'squash-bilinear-antialiased' },
    normalization: { mean: [...mean], std: [...std] },
  };
}
