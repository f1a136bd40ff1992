export * from './metric-point.entity.js';
export * from './run-event.entity.js';
export * from './run-transition.entity.js';
export * from './training-run.entity.js';
