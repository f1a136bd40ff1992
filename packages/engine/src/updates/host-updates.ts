import type { TensorData } from '../engine.js';
import { EngineError } from '../errors.js';
import type { HostUpdate, UpdateSource } from './host-update.js';
import { kernelModule } from './wasm-kernel.js';
import type { KernelShape } from './wasm-kernel.js';

/** Elements that are computed at a time: all arrays of an update then lie in the cache of a core. */
const CHUNK = 4096;
const FLOAT_BYTES = 4;
const LANES = 4;
const PAGE_BYTES = 65536;

type Kernel = (bytes: number, ...numbers: number[]) => unknown;

/** Runs updates of state on the host, compiled to WebAssembly: in place, chunk by chunk. */
export class HostUpdates {
  private readonly memory: WebAssembly.Memory;
  private readonly slots: readonly Float32Array[];
  private readonly kernels = new Map<string, Kernel>();
  private readonly planned: readonly { readonly update: HostUpdate; readonly kernel: Kernel }[];

  constructor(updates: readonly HostUpdate[]) {
    const slots = Math.max(1, ...updates.map(({ reads, writes }) => reads.length + writes.length));
    this.memory = new WebAssembly.Memory({ initial: Math.ceil((slots * CHUNK * FLOAT_BYTES) / PAGE_BYTES) });
    const { buffer } = this.memory;
    this.slots = Array.from(
      { length: slots },
      (_, slot) => new Float32Array(buffer, slot * CHUNK * FLOAT_BYTES, CHUNK),
    );
    this.planned = updates.map((update) => ({ update, kernel: this.kernelOf(update) }));
  }

  /**
   * Computes all new values from the old ones and writes them over these.
   * @param dataOf the array of a source
   */
  apply(dataOf: (source: UpdateSource) => TensorData): void {
    // an update may read a number that another one writes
    const numbers = this.planned.map(({ update }) => [
      ...update.scalars.map((source) => dataOf(source)[0] ?? 0),
      ...update.constants,
    ]);
    this.planned.forEach(({ update, kernel }, index) => {
      const reads = update.reads.map((source) => floatsOf(dataOf(source), source, update));
      const writes = update.writes.map(({ name }) => {
        const source = { from: 'state', name } as const;
        return floatsOf(dataOf(source), source, update);
      });
      this.run(kernel, numbers[index] ?? [], reads, writes, update.size);
    });
  }

  private run(
    kernel: Kernel,
    numbers: readonly number[],
    reads: readonly Float32Array[],
    writes: readonly Float32Array[],
    size: number,
  ): void {
    for (let start = 0; start < size; start += CHUNK) {
      const count = Math.min(CHUNK, size - start);
      reads.forEach((data, slot) => this.slots[slot]?.set(data.subarray(start, start + count)));
      kernel(Math.ceil(count / LANES) * LANES * FLOAT_BYTES, ...numbers);
      writes.forEach((data, index) => {
        const slot = this.slots[reads.length + index];
        if (slot !== undefined) data.set(count === CHUNK ? slot : slot.subarray(0, count), start);
      });
    }
  }

  private kernelOf({ reads, scalars, constants, steps, writes }: HostUpdate): Kernel {
    const shape: KernelShape = {
      ...{ reads: reads.length, scalars: scalars.length, constants, steps },
      writes: writes.map(({ value }) => value),
    };
    // constants are arguments of the code
    const key = JSON.stringify({ ...shape, constants: constants.length });
    const known = this.kernels.get(key);
    if (known !== undefined) return known;
    const module = new WebAssembly.Module(kernelModule(shape, CHUNK * FLOAT_BYTES));
    const { run } = new WebAssembly.Instance(module, { host: { memory: this.memory } }).exports;
    if (!isKernel(run)) throw new EngineError('An update of state was compiled to no function.');
    this.kernels.set(key, run);
    return run;
  }
}

function isKernel(value: unknown): value is Kernel {
  return typeof value === 'function';
}

function floatsOf(data: TensorData, { from, name }: UpdateSource, { size }: HostUpdate): Float32Array {
  if (data instanceof Float32Array && data.length === size) return data;
  throw new EngineError(
    `The ${from} value "${name}" has ${data.length} elements where an update takes ${size} floats.`,
  );
}
