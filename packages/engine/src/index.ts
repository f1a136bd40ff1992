import './corrections/index.js';
export * from './engine.js';
export * from './errors.js';
export { createEngine } from './create-engine.js';
export { keyedUniform } from './ops/keyed-uniform.js';
export { stopGradient } from './ops/stop-gradient.js';
export { programCost } from './analysis/program-cost.js';
export type { ProgramCost } from './analysis/program-cost.js';
export { programFingerprint } from './analysis/program-fingerprint.js';
