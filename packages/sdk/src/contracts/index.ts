export * from './component.js';
export * from './data.js';
export * from './forward.js';
export * from './model.js';
export * from './normalization.js';
export * from './parameters.js';
export * from './providers.js';
export * from './training.js';
