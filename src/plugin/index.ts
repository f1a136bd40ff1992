export * from './component-registry.js';
export * from './invalid-options.js';
export * from './find-plugin-packages.js';
export * from './plugin.module.js';
export * from './registered-component.js';
