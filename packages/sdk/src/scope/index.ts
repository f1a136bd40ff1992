export * from './forward-scope.js';
export * from './frozen-declarations.js';
export * from './gradients.js';
export * from './keyed-random.js';
export * from './parameter-declarations.js';
