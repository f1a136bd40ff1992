export * from './component.js';
export * from './component-check.js';
export * from './plugin.js';
export * from './plugin-definition.error.js';
