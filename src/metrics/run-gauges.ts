import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds of a write that is a few kilobytes on a fast disk, up to gigabytes on a slow one. */
const SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
const BYTES = [1e4, 1e5, 1e6, 1e7, 1e8, 3e8, 1e9, 3e9];

/** The figures about runs, by their names in Prometheus; all of them are described in docs/operations.md. */
export function createRunGauges(registry: Registry) {
  const registers = [registry];
  const perRun = (name: string, help: string) => new Gauge({ name, help, labelNames: ['run'], registers });
  return {
    runs: new Gauge({ name: 'q2l_runs', help: 'Training runs by state.', labelNames: ['state'], registers }),
    queueDepth: new Gauge({ name: 'q2l_queue_depth', help: 'Training runs that wait for a worker.', registers }),
    workers: new Gauge({ name: 'q2l_training_workers', help: 'Training workers that live.', registers }),
    leaseRenewals: new Counter({
      name: 'q2l_lease_renewals_total',
      help: 'Claims and renewals of leases, of all runs.',
      registers,
    }),
    step: perRun('q2l_run_step', 'Optimizer steps done, of runs that are not over.'),
    loss: perRun('q2l_run_loss', 'Loss of the newest step.'),
    stepsPerSecond: perRun('q2l_run_steps_per_second', 'Optimizer steps per second, lately.'),
    imagesPerSecond: perRun('q2l_run_images_per_second', 'Training pictures per second, lately.'),
    workerMemory: perRun('q2l_run_worker_resident_bytes', 'Memory of the process that trains the run.'),
    checkpointSeconds: new Histogram({
      name: 'q2l_checkpoint_seconds',
      help: 'How long it took to write a checkpoint durably.',
      labelNames: ['kind'],
      buckets: SECONDS,
      registers,
    }),
    checkpointBytes: new Histogram({
      name: 'q2l_checkpoint_bytes',
      help: 'Size of a written checkpoint.',
      labelNames: ['kind'],
      buckets: BYTES,
      registers,
    }),
  };
}

export type RunGauges = ReturnType<typeof createRunGauges>;
