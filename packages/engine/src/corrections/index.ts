/**
 * Gradients that TensorFlow.js lacks or has wrong, put in their place for every backend when the engine is imported, and the
 * kernels of its CPU backend that compute wrong numbers: a program written in plain TensorFlow.js gets the right ones without
 * asking. The list is in docs/writing-programs.md.
 */
import { registerConvolutionGradients } from './gradients/convolution.js';
import { correctForwardKernels, correctGradientKernels, correctMaxPoolOfVolumes } from './cpu/index.js';
import { cumulativeGradients } from './gradients/cumulative.js';
import { elementwiseGradients } from './gradients/elementwise.js';
import { registerGradientsOfNothing } from './gradients/empty-results.js';
import { extremeGradients } from './gradients/extremes.js';
import { indexingGradients } from './gradients/indexing.js';
import { registerGradients } from './gradients/kernel-gradient.js';
import type { GradientTable } from './gradients/kernel-gradient.js';
import { linearGradients } from './gradients/linear.js';
import { poolingGradients } from './gradients/pooling.js';
import { reductionGradients } from './gradients/reductions.js';
import { samplingGradients } from './gradients/sampling.js';
import { shapeGradients } from './gradients/shape.js';
import { registerGradientOfSegments } from './gradients/segments.js';
import { correctTape } from './gradients/tape.js';
import { volumeGradients } from './gradients/volume.js';

/** All of them but those of dilated convolutions. */
export const CORRECTED_GRADIENTS: GradientTable = {
  ...cumulativeGradients,
  ...elementwiseGradients,
  ...extremeGradients,
  ...indexingGradients,
  ...linearGradients,
  ...poolingGradients,
  ...reductionGradients,
  ...samplingGradients,
  ...shapeGradients,
  ...volumeGradients,
};

registerGradients(CORRECTED_GRADIENTS);
registerConvolutionGradients();
registerGradientsOfNothing();
registerGradientOfSegments();
correctTape();
correctGradientKernels();
correctForwardKernels();
correctMaxPoolOfVolumes();
