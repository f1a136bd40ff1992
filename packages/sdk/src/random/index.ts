export * from './host-random.js';
export * from './initial-values.js';
export * from './key.js';
export * from './permutation.js';
