import platform from '../../jest.config.js';

/** The suite of faults: real processes, one spec after the other. `npm run test:faults` runs it. */
/** @type {import('jest').Config} */
export default {
  ...platform,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
