export * from './conflict.error.js';
export * from './expected-error.js';
export * from './invalid-input.error.js';
export * from './not-found.error.js';
export * from './unreadable-image.error.js';
