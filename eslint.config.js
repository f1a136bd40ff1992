import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** Which rooms of the platform each room may import from; `engine <- sdk <- plugins`, and so on (docs/architecture.md). */
const roomsOfTheServer = [
  {
    room: 'common',
    mayNotImport: [
      'config',
      'database',
      'plugin',
      'dataset',
      'pipeline',
      'checkpoint',
      'training',
      'prediction',
      'health',
      'metrics',
    ],
  },
  {
    room: 'config',
    mayNotImport: [
      'database',
      'plugin',
      'dataset',
      'pipeline',
      'checkpoint',
      'training',
      'prediction',
      'health',
      'metrics',
    ],
  },
  {
    room: 'database',
    mayNotImport: ['plugin', 'dataset', 'pipeline', 'checkpoint', 'training', 'prediction', 'health', 'metrics'],
  },
  {
    room: 'plugin',
    mayNotImport: ['dataset', 'pipeline', 'checkpoint', 'training', 'prediction', 'health', 'metrics'],
  },
  { room: 'dataset', mayNotImport: ['pipeline', 'checkpoint', 'training', 'prediction', 'health', 'metrics'] },
  { room: 'pipeline', mayNotImport: ['checkpoint', 'training', 'prediction', 'health', 'metrics'] },
  { room: 'checkpoint', mayNotImport: ['training', 'prediction', 'health', 'metrics', 'backup'] },
  { room: 'training', mayNotImport: ['prediction', 'health', 'metrics', 'backup'] },
  {
    room: 'backup',
    mayNotImport: ['plugin', 'dataset', 'pipeline', 'training', 'prediction', 'health', 'metrics'],
  },
];

const walls = roomsOfTheServer.flatMap(({ room, mayNotImport }) =>
  mayNotImport.map((from) => ({ target: `./src/${room}`, from: `./src/${from}` })),
);

const zones = [
  ...walls,
  { target: './packages/engine', from: ['./packages/sdk', './plugins', './src'] },
  { target: './packages/engine/src/trace', from: './packages/engine/src/onnx' },
  { target: './packages/sdk', from: ['./plugins', './src'] },
  { target: './plugins', from: ['./src', './packages'] },
  { target: './examples', from: ['./src', './packages', './plugins'] },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**', 'data/**', 'demo-output/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // The walls inside packages: a plugin imports the SDK and nothing else of ours; the engine stands alone.
    files: ['plugins/**/*.ts', 'examples/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['@query2label/engine', '@query2label/engine/*', '**/src/*', '@tensorflow/*', 'zod'] },
      ],
    },
  },
  {
    files: ['packages/engine/src/onnx/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@tensorflow/*'] }] },
  },
  {
    files: ['packages/engine/src/trace/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['onnxruntime-node'] }] },
  },
  {
    // A plugin's module is the default export of its package: that is how the loader finds it.
    files: ['plugins/*/src/index.ts', 'examples/*/src/index.ts', 'test/fixtures/*/*.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        require: 'readonly',
        module: 'writable',
        globalThis: 'readonly',
      },
    },
  },
);
