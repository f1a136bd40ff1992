export * from './disk-shortage.js';
