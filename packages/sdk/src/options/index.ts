export * from './describe.js';
export * from './json-schema.js';
export * from './options.error.js';
export * from './parse-options.js';
