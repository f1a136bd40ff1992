export * from './rank-label.js';
