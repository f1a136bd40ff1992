export { openWeightFile, type OpenWeightFileOptions, unreadable } from './open-weight-file.js';
export type { StoredTensor, WeightFile } from './weight-file.js';
