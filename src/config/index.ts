export * from './configuration.error.js';
export * from './configuration.module.js';
export * from './configuration.service.js';
export type { Configuration } from './configuration.js';
export * from './load-configuration.js';
export { engineOptionsOf } from './engine-options.js';
