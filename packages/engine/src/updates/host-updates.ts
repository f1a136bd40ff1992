import type { TensorData } from '../engine.js';
import { EngineError } from '../errors.js';
import { ArrayPlaces } from './array-places.js';
import type { HostUpdate, UpdateSource } from './host-update.js';
import { shareOut } from './update-shares.js';
import type { Arrays, Kernel, UpdateJob, UpdateThreads } from './update-threads.js';
import type { KernelShape } from './wasm-kernel.js';

/** What one thread does. */
interface Share {
  readonly updates: readonly { readonly update: HostUpdate; readonly kernel: Kernel }[];
  /** Where each of their arrays comes from. */
  readonly sources: ReadonlyMap<string, UpdateSource>;
}

/**
 * Runs updates of state on the host, compiled to WebAssembly, in place, in threads of their own. The arrays of state and of the graph that they use have
 * places here, which move from step to step.
 */
export class HostUpdates {
  private readonly shares: readonly Share[];
  private readonly places: ArrayPlaces;

  constructor(
    updates: readonly HostUpdate[],
    private readonly threads: UpdateThreads,
  ) {
    const shared = shareOut(updates, threads.count);
    this.shares = shared.map((share) => ({
      updates: share.map((update) => ({ update, kernel: threads.kernelOf(shapeOf(update)) })),
      sources: new Map(share.flatMap(usedBy).map((source) => [keyOf(source), source])),
    }));
    this.places = new ArrayPlaces(
      shared.flatMap((share) =>
        (['state', 'graph'] as const).map(
          (kind) =>
            new Map(
              share.flatMap((update) =>
                usedBy(update).flatMap((source) =>
                  source.from === kind ? [[keyOf(source), update.size] as const] : [],
                ),
              ),
            ),
        ),
      ),
    );
  }

  /** Where an array of state or of the graph lies until the next updates. @returns undefined if no update uses it */
  placeOf(source: UpdateSource): Float32Array<ArrayBuffer> | undefined {
    return this.places.of(keyOf(source));
  }

  /**
   * Computes all new values from the old ones and writes them over these.
   * @param dataOf the array of a source; one that has a place here is empty afterwards, and in its new place
   * @throws EngineError if a thread ended: what all arrays held is lost then
   */
  async apply(dataOf: (source: UpdateSource) => TensorData): Promise<void> {
    // An update may read a number that another one writes: all are read before anything is written.
    const jobs = this.shares.map((share) => this.jobOf(share, dataOf));
    try {
      for (const arrays of await this.threads.run(jobs)) this.places.moved(arrays);
    } catch (error) {
      this.places.clear();
      throw error;
    }
  }

  /** Lets the memory of all arrays go, and what they hold. */
  clear(): void {
    this.places.clear();
  }

  private jobOf({ updates, sources }: Share, dataOf: (source: UpdateSource) => TensorData): UpdateJob {
    return {
      given: [...new Set(updates.map(({ kernel }) => kernel))],
      updates: updates.map(({ update, kernel }) => ({
        ...{ kernel: kernel.id, size: update.size },
        numbers: [...update.scalars.map((source) => dataOf(source)[0] ?? 0), ...update.constants],
        reads: update.reads.map(keyOf),
        writes: update.writes.map(({ name }) => keyOf({ from: 'state', name })),
      })),
      arrays: this.arraysOf(sources, dataOf),
    };
  }

  /** Inputs are copied: they belong to whoever gave them. */
  private arraysOf(sources: Share['sources'], dataOf: (source: UpdateSource) => TensorData): Arrays {
    return new Map(
      [...sources].map(([key, source]) => {
        const data = dataOf(source);
        const place = this.places.of(key) ?? new Float32Array(data.length);
        if (!(data instanceof Float32Array) || data.length !== place.length) throw unfit(source, data, place.length);
        if (data !== place) place.set(data);
        return [key, place] as const;
      }),
    );
  }
}

function shapeOf({ reads, scalars, constants, steps, writes }: HostUpdate): KernelShape {
  return {
    ...{ reads: reads.length, scalars: scalars.length, constants, steps },
    writes: writes.map(({ value }) => value),
  };
}

function keyOf({ from, name }: UpdateSource): string {
  return `${from} ${name}`;
}

function usedBy({ reads, writes }: HostUpdate): readonly UpdateSource[] {
  return [...reads, ...writes.map(({ name }) => ({ from: 'state', name }) as const)];
}

function unfit({ from, name }: UpdateSource, { length }: TensorData, expected: number): EngineError {
  return new EngineError(
    `The ${from} value "${name}" has ${length} elements where an update takes ${expected} floats.`,
  );
}
