import type { RandomOp } from '../random-op.js';
import { convolutionFamily } from './convolution.js';
import { elementwiseFamily } from './elementwise.js';
import { imageFamily } from './image.js';
import { indexingFamily } from './indexing.js';
import { linearFamily } from './linear.js';
import { poolingFamily } from './pooling.js';
import { reductionFamily } from './reductions.js';
import { shapeFamily } from './shape.js';

/** The ops that are run on random inputs, by family. */
export const RANDOM_FAMILIES = {
  elementwise: elementwiseFamily,
  reductions: reductionFamily,
  shape: shapeFamily,
  indexing: indexingFamily,
  linear: linearFamily,
  convolution: convolutionFamily,
  pooling: poolingFamily,
  image: imageFamily,
} as const satisfies Record<string, readonly RandomOp[]>;
