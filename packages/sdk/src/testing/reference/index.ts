export * from './formula.js';
export * from './formula-images.js';
export * from './formula-parameters.js';
export * from './run-backbone.js';
