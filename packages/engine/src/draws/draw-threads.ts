import { Worker } from 'node:worker_threads';
import { EngineError } from '../errors.js';
import { SerialQueue } from '../serial-queue.js';
import type { DrawKind } from './draw-kernel.js';
import { drawModule } from './draw-kernel.js';

/** Draws for one array. */
export interface DrawJob {
  readonly kind: DrawKind;
  /** Bytes that are written, a multiple of 16; the array may be shorter. */
  readonly bytes: number;
  readonly keys: readonly [first: number, second: number];
  readonly below: number;
  readonly scale: number;
  /** Where to; it moves to the thread and back. */
  readonly buffer: ArrayBuffer;
}

/** What a thread runs: it draws into memory of its own, and copies that to where it was asked for. */
const DRAW_THREAD = `
  const { parentPort, workerData: { modules } } = require('node:worker_threads');
  const PAGE_BYTES = 65536;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernels = new Map();
  const kernelOf = (kind) => {
    if (!kernels.has(kind)) kernels.set(kind, new WebAssembly.Instance(new WebAssembly.Module(modules[kind]), { host: { memory } }).exports.run);
    return kernels.get(kind);
  };
  parentPort.on('message', (jobs) => {
    for (const { kind, bytes, keys, below, scale, buffer } of jobs) {
      memory.grow(Math.max(0, Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES)));
      kernelOf(kind)(bytes, 0, ...keys, below, scale);
      new Uint8Array(buffer).set(new Uint8Array(memory.buffer, 0, buffer.byteLength));
    }
    const buffers = jobs.map(({ buffer }) => buffer);
    parentPort.postMessage(buffers, buffers);
  });
`;

/** Threads that draw, started when they are first needed. They let the process end while they have nothing to do. */
export class DrawThreads {
  private readonly workers = new Map<number, Worker>();
  private readonly queues: readonly SerialQueue[];

  constructor(readonly count: number) {
    this.queues = Array.from({ length: count }, () => new SerialQueue());
  }

  /**
   * @param thread its number, from 0; it does one list of jobs after the other
   * @returns the buffers, job by job
   * @throws EngineError if the thread ended, with what it said; the next jobs get a new one
   */
  run(thread: number, jobs: readonly DrawJob[]): Promise<readonly ArrayBuffer[]> {
    const queue = this.queues[thread];
    if (queue === undefined) throw new EngineError(`There is no thread ${thread} among ${this.count} that draw.`);
    return queue.add(() => this.draw(thread, jobs));
  }

  private draw(thread: number, jobs: readonly DrawJob[]): Promise<readonly ArrayBuffer[]> {
    const worker = this.workers.get(thread) ?? this.start(thread);
    return new Promise((resolve, reject) => {
      let cause = '';
      const failing = (error: unknown) => {
        cause = `: ${String(error)}`;
      };
      const ended = (code: number) => {
        reject(new EngineError(`A thread that draws ended with code ${code}${cause}. The step was not computed.`));
      };
      worker.ref();
      worker.once('error', failing);
      worker.once('exit', ended);
      worker.once('message', (buffers: readonly ArrayBuffer[]) => {
        worker.off('error', failing);
        worker.off('exit', ended);
        worker.unref();
        resolve(buffers);
      });
      worker.postMessage(
        jobs,
        jobs.map(({ buffer }) => buffer),
      );
    });
  }

  async dispose(): Promise<void> {
    const workers = [...this.workers.values()];
    this.workers.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private start(thread: number): Worker {
    const modules = { draws: drawModule('draws'), masks: drawModule('masks'), truths: drawModule('truths') };
    const worker = new Worker(DRAW_THREAD, { eval: true, workerData: { modules } });
    // Whoever waits for draws is told of it at its end.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.workers.delete(thread));
    this.workers.set(thread, worker);
    return worker;
  }
}
