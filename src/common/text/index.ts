export * from './closest.js';
