import { Logger } from '@nestjs/common';
import type { z } from 'zod';
import { PredictionUnavailableError } from '../prediction-errors.js';
import { BackOff, type BackOffOptions } from './back-off.js';
import type { JobKind, PooledJob, RunOptions } from './job.js';
import { countLoss, WorkerProcess, type WorkerCommand } from './worker-process.js';

export interface WorkerPoolOptions {
  readonly command: WorkerCommand;
  /** Number of processes. */
  readonly workers: number;
  readonly backOff: BackOffOptions;
  /** A process that is silent for so long while it starts or works on a job is killed. */
  readonly silenceMilliseconds: number;
  /** Failed starts in a row after which waiting jobs are refused, until a start succeeds. */
  readonly failedStarts: number;
}

interface Slot {
  readonly backOff: BackOff;
  /** Processes in a row that ended before they were ready. */
  failedStarts: number;
  worker: WorkerProcess | undefined;
  restart: NodeJS.Timeout | undefined;
}

const KEPT_ERROR_LINES = 5;

/**
 * Keeps a number of worker processes alive and gives jobs to the least busy. A process that ends is started again, with
 * growing waits while it keeps ending; its unfinished jobs go to another process once, then fail.
 */
export class WorkerPool {
  private readonly logger = new Logger(WorkerPool.name);
  private readonly slots: readonly Slot[];
  private waiting: PooledJob[] = [];
  private errorLines: string[] = [];
  private phase: 'idle' | 'running' | 'stopped' = 'idle';

  constructor(private readonly options: WorkerPoolOptions) {
    this.slots = Array.from({ length: options.workers }, () => ({
      backOff: new BackOff(options.backOff),
      failedStarts: 0,
      worker: undefined,
      restart: undefined,
    }));
  }

  /** Process ids of the running workers. */
  get pids(): readonly number[] {
    return this.slots.flatMap(({ worker }) => worker?.pid ?? []);
  }

  /** Whether some process can take a job at once. */
  get ready(): boolean {
    return this.slots.some(({ worker }) => worker?.ready);
  }

  /** Why jobs are refused; null if they are not. */
  get problem(): string | null {
    return this.failing ? this.lastWords : null;
  }

  /** Starts the processes; the first job does so too. */
  start(): void {
    if (this.phase !== 'idle') return;
    this.phase = 'running';
    for (const slot of this.slots) this.startWorker(slot);
  }

  /**
   * Has a worker do a job.
   * @throws PredictionUnavailableError if workers do not start or the pool is stopped; PredictionWorkerLostError if the
   *   worker ended at every attempt; PredictionTimedOutError; whatever expected error the job itself failed with
   */
  async run<Input extends z.ZodType, Output extends z.ZodType, Progress extends z.ZodType>(
    kind: JobKind<Input, Output, Progress>,
    input: z.input<Input>,
    options: RunOptions<z.output<Progress>> = {},
  ): Promise<z.output<Output>> {
    this.start();
    options.signal?.throwIfAborted();
    if (this.phase === 'stopped') throw new PredictionUnavailableError('The prediction processes are stopped.');
    if (this.failing) throw this.failedToStart();
    let abort: (() => void) | undefined;
    const value = await new Promise<unknown>((resolve, reject) => {
      const job: PooledJob = {
        kind: kind.kind,
        input,
        attemptsLeft: options.attempts ?? 2,
        slot: options.slot,
        onProgress: (progress) => {
          if (kind.progress !== undefined) options.onProgress?.(kind.progress.parse(progress));
        },
        resolve,
        reject,
      };
      abort = () => {
        this.withdraw(job);
        const reason: unknown = options.signal?.reason;
        reject(reason instanceof Error ? reason : new Error('The job was withdrawn.', { cause: reason }));
      };
      options.signal?.addEventListener('abort', abort);
      this.waiting.push(job);
      this.assign();
    }).finally(() => {
      if (abort !== undefined) options.signal?.removeEventListener('abort', abort);
    });
    return kind.output.parse(value);
  }

  /**
   * Has every process do a job; a process that is still starting does it as soon as it is ready, without being waited for
   * while another one is.
   * @throws as `run`, if a process that was ready fails, or all do
   */
  async runOnEach<Input extends z.ZodType, Output extends z.ZodType, Progress extends z.ZodType>(
    kind: JobKind<Input, Output, Progress>,
    input: z.input<Input>,
  ): Promise<void> {
    const jobs = this.slots.map(({ worker }, slot) => ({
      ready: worker?.ready === true,
      done: this.run(kind, input, { slot }),
    }));
    for (const { done } of jobs) done.catch(() => undefined);
    const ready = jobs.filter((job) => job.ready);
    if (ready.length > 0) await Promise.all(ready.map(({ done }) => done));
    else await firstOf(jobs.map(({ done }) => done));
  }

  /** Lets running jobs finish, ends the processes, and refuses jobs that wait. */
  async stop(graceMilliseconds: number): Promise<void> {
    this.phase = 'stopped';
    for (const slot of this.slots) clearTimeout(slot.restart);
    for (const job of this.waiting.splice(0)) {
      job.reject(new PredictionUnavailableError('The prediction processes are being stopped.'));
    }
    await Promise.all(this.slots.flatMap(({ worker }) => worker?.stop(graceMilliseconds) ?? []));
  }

  private get failing(): boolean {
    return this.slots.every(({ failedStarts }) => failedStarts >= this.options.failedStarts);
  }

  private failedToStart(): PredictionUnavailableError {
    return new PredictionUnavailableError(this.lastWords);
  }

  private get lastWords(): string {
    return `The prediction processes end before they are ready. Last words: ${this.errorLines.join(' | ')}`;
  }

  private startWorker(slot: Slot): void {
    slot.worker = new WorkerProcess(this.options.command, this.options.silenceMilliseconds, {
      onReady: () => {
        slot.failedStarts = 0;
        this.assign();
      },
      onAnswer: () => {
        slot.backOff.reset();
      },
      onErrorLine: (line) => {
        this.errorLines = [...this.errorLines, line].slice(-KEPT_ERROR_LINES);
        process.stderr.write(`${line}\n`);
      },
      onEnd: (cause, wasReady, unfinished) => {
        if (!wasReady) slot.failedStarts++;
        this.replaceWorker(slot, cause, unfinished);
      },
    });
  }

  private replaceWorker(slot: Slot, cause: string, unfinished: readonly PooledJob[]): void {
    slot.worker = undefined;
    const again = unfinished.filter((job) => countLoss(job, cause));
    this.waiting.unshift(...again);
    if (this.phase === 'stopped') {
      for (const job of this.waiting.splice(0)) job.reject(new PredictionUnavailableError('The server is stopping.'));
      return;
    }
    const wait = slot.backOff.next();
    this.logger.error(`A prediction process ended (${cause}); the next one starts in ${wait} ms.`);
    slot.restart = setTimeout(() => {
      this.startWorker(slot);
    }, wait);
    if (this.failing) for (const job of this.waiting.splice(0)) job.reject(this.failedToStart());
    this.assign();
  }

  private assign(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const job of waiting) {
      const slots = job.slot === undefined ? this.slots : this.slots.slice(job.slot, job.slot + 1);
      const ready = slots.flatMap(({ worker }) => (worker?.ready ? [worker] : []));
      const leastBusy = ready.sort((a, b) => a.jobCount - b.jobCount)[0];
      if (leastBusy === undefined) this.waiting.push(job);
      else leastBusy.send(job);
    }
  }

  private withdraw(job: PooledJob): void {
    this.waiting = this.waiting.filter((other) => other !== job);
    for (const { worker } of this.slots) if (worker?.has(job)) worker.cancel(job);
  }
}

/** The first that succeeds; if none does, what the first one failed with. */
async function firstOf(jobs: readonly Promise<unknown>[]): Promise<void> {
  try {
    await Promise.any(jobs);
  } catch (error) {
    const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
    throw first;
  }
}
