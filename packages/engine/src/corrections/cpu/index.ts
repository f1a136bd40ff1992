export { correctForwardKernels } from './forward-kernels.js';
export { correctGradientKernels } from './gradient-kernels.js';
export { correctMaxPoolOfVolumes } from './max-pool-volume.js';
