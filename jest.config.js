/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/environment.cjs',
  // Workspace packages are read from their sources, so that a test never runs against an old build.
  // TensorFlow.js keeps its engine on the global object: jest's tracking of that object between files recurses without end.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'], globalsCleanup: 'off' },
  testMatch: ['<rootDir>/{src,packages,plugins,examples,test}/**/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    '\\.heavy\\.spec\\.ts$',
    '<rootDir>/test/heavy/',
    '<rootDir>/test/faults/',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/packages/.*/dist/', '<rootDir>/plugins/.*/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30000,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2022',
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
