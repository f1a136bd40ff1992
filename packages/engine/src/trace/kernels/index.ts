import type { KernelTable } from '../kernel-call.js';
import { convolutionKernels } from './convolution.js';
import { creationKernels } from './creation.js';
import { elementwiseKernels } from './elementwise.js';
import { imageKernels } from './image.js';
import { indexingKernels } from './indexing.js';
import { linearKernels } from './linear.js';
import { morphologyKernels } from './morphology.js';
import { normalizationKernels } from './normalization.js';
import { poolingKernels } from './pooling.js';
import { reductionKernels } from './reductions.js';
import { samplingKernels } from './sampling.js';
import { shapeKernels } from './shape.js';
import { volumeKernels } from './volume.js';

/** Every TensorFlow.js kernel that can be recorded, in its groups. */
export const TRACE_KERNEL_GROUPS = {
  elementwise: elementwiseKernels,
  reductions: reductionKernels,
  shape: shapeKernels,
  creation: creationKernels,
  indexing: indexingKernels,
  linear: linearKernels,
  convolution: convolutionKernels,
  volume: volumeKernels,
  morphology: morphologyKernels,
  pooling: poolingKernels,
  normalization: normalizationKernels,
  image: { ...imageKernels, ...samplingKernels },
} as const satisfies Record<string, KernelTable>;

export const TRACE_KERNELS: KernelTable = Object.fromEntries(
  Object.values<KernelTable>(TRACE_KERNEL_GROUPS).flatMap((group) => Object.entries(group)),
);
