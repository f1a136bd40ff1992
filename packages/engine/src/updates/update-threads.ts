import { runInThisContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { EngineError } from '../errors.js';
import { UPDATE_THREAD, UPDATER } from './updater-code.js';
import { kernelModule, type KernelShape } from './wasm-kernel.js';

/** Elements that are computed at a time. */
const CHUNK = 4096;
const FLOAT_BYTES = 4;

/** The code of an update. */
export interface Kernel {
  /** No other kernel of these threads has it. */
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** Arrays by name. */
export type Arrays = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/** Updates of state for one thread. */
export interface UpdateJob {
  /** The kernels that the updates run. */
  readonly given: readonly Kernel[];
  readonly updates: readonly {
    /** Its id. */
    readonly kernel: number;
    readonly size: number;
    readonly numbers: readonly number[];
    readonly reads: readonly string[];
    readonly writes: readonly string[];
  }[];
  readonly arrays: Arrays;
}

interface Waiting {
  readonly resolve: (arrays: Arrays) => void;
  readonly reject: (error: EngineError) => void;
}

/**
 * This thread, and others that are started when they are first needed, to update state. They let the process end while they have
 * nothing to do.
 */
export class UpdateThreads {
  private readonly others: readonly UpdateThread[];
  private readonly kernels = new Map<string, Kernel>();
  private update: ((job: UpdateJob) => unknown) | undefined;

  /** @param count this thread included */
  constructor(readonly count: number) {
    this.others = Array.from({ length: count - 1 }, () => new UpdateThread());
  }

  kernelOf(shape: KernelShape): Kernel {
    // Constants are arguments of the code.
    const key = JSON.stringify({ ...shape, constants: shape.constants.length });
    const kernel = this.kernels.get(key) ?? { id: this.kernels.size, bytes: kernelModule(shape, CHUNK * FLOAT_BYTES) };
    this.kernels.set(key, kernel);
    return kernel;
  }

  /**
   * Computes the first job here and each of the others in a thread of its own, behind those that it was given before.
   * @param jobs at most {@link count}; arrays of the others move to their threads, and are empty here from now on
   * @returns what the arrays have become, job by job
   * @throws EngineError if a thread ended: its arrays are lost then
   */
  async run([own, ...jobs]: readonly UpdateJob[]): Promise<readonly Arrays[]> {
    if (jobs.length > this.others.length) {
      throw new EngineError(`There are ${jobs.length + 1} jobs for ${this.count} threads that update state.`);
    }
    if (own === undefined) return [];
    const moved = jobs.map((job, index) => this.others[index]?.run(job) ?? Promise.resolve(job.arrays));
    return Promise.all([this.runHere(own), ...moved]);
  }

  /** At once, and with what fails as a promise: the other threads are waited for all the same. */
  private runHere(job: UpdateJob): Promise<Arrays> {
    return new Promise((resolve) => {
      this.update ??= updater();
      this.update(job);
      resolve(job.arrays);
    });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.others.map((thread) => thread.end()));
  }
}

function updater(): (job: UpdateJob) => unknown {
  const make: unknown = runInThisContext(UPDATER);
  const update: unknown = isFunction(make) ? make(CHUNK) : undefined;
  if (!isFunction(update)) throw new EngineError('Updates of state were compiled to no function.');
  return update;
}

function isFunction(value: unknown): value is (argument: unknown) => unknown {
  return typeof value === 'function';
}

class UpdateThread {
  private readonly waiting: Waiting[] = [];
  private worker: Worker | undefined;

  run(job: UpdateJob): Promise<Arrays> {
    return new Promise((resolve, reject) => {
      const worker = (this.worker ??= this.start());
      worker.ref();
      this.waiting.push({ resolve, reject });
      worker.postMessage(job, [...new Set([...job.arrays.values()].map(({ buffer }) => buffer))]);
    });
  }

  async end(): Promise<void> {
    await this.worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(UPDATE_THREAD, {
      ...{ eval: true, workerData: { chunk: CHUNK } },
      // It makes nothing but views of arrays.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    let cause = '';
    worker.on('message', (arrays: Arrays) => {
      this.waiting.shift()?.resolve(arrays);
      if (this.waiting.length === 0) worker.unref();
    });
    worker.on('error', (error) => {
      cause = `: ${String(error)}`;
    });
    worker.on('exit', (code) => {
      this.worker = undefined;
      const lost = new EngineError(
        `A thread that updates state ended with code ${code}${cause}. The state that it held is lost: write it again, from the newest checkpoint.`,
      );
      for (const { reject } of this.waiting.splice(0)) reject(lost);
    });
    return worker;
  }
}
