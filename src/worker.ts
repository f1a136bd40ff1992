import 'reflect-metadata';

/** What `dist/worker.js <kind>` can be: each runs in a process of its own, forked and supervised by the server. */
const kinds: Readonly<Record<string, () => Promise<void>>> = {
  training: async () => (await import('./training/training-worker.js')).runTrainingWorker(),
  prediction: async () => (await import('./prediction/prediction-worker.js')).runPredictionWorker(),
};

const kind = process.argv[2];
const start = kind === undefined ? undefined : kinds[kind];
if (start === undefined) {
  const received = kind ?? 'nothing';
  process.stderr.write(`worker: expected ${Object.keys(kinds).join(' or ')} as first argument, received ${received}\n`);
  process.exitCode = 2;
} else {
  await start();
}
