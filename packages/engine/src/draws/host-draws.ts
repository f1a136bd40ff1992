import { EngineError } from '../errors.js';
import { roundKeys } from '../ops/keyed-hash.js';
import { sizeOf } from '../tensor-value.js';
import { drawModule } from './draw-kernel.js';
import type { DrawKind } from './draw-kernel.js';
import type { HostDraw } from './host-draw.js';

const FLOAT_BYTES = 4;
const VECTOR_BYTES = 16;
const PAGE_BYTES = 65536;

type Kernel = (bytes: number, start: number, first: number, second: number, below: number, scale: number) => unknown;

/** A draw and its values. */
export interface Drawn {
  readonly draw: HostDraw;
  readonly data: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
}

interface PlannedDraw extends Drawn {
  readonly start: number;
  readonly bytes: number;
}

/** Computes draws on the host by WebAssembly, each time into the same arrays. */
export class HostDraws {
  private readonly planned: readonly PlannedDraw[];
  private readonly kernels: Readonly<Record<DrawKind, Kernel>> | undefined;

  constructor(draws: readonly HostDraw[]) {
    const lengths = draws.map((draw) => roundedUp(bytesOf(draw)));
    const whole = lengths.reduce((sum, length) => sum + length, 0);
    if (whole === 0) {
      this.planned = [];
      return;
    }
    const memory = new WebAssembly.Memory({ initial: Math.ceil(whole / PAGE_BYTES) });
    this.kernels = {
      draws: kernelIn(memory, 'draws'),
      masks: kernelIn(memory, 'masks'),
      truths: kernelIn(memory, 'truths'),
    };
    let next = 0;
    this.planned = draws.map((draw, index) => {
      const [start, bytes] = [next, lengths[index] ?? 0];
      next += bytes;
      const Elements = kindOf(draw) === 'truths' ? Uint8Array : Float32Array;
      return { draw, start, bytes, data: new Elements(memory.buffer, start, sizeOf(draw.shape)) };
    });
  }

  /**
   * Draws anew.
   * @param keyOf the data of an input that is a key
   * @returns an array for each draw, valid until the next call
   */
  fill(keyOf: (name: string) => ArrayLike<number>): readonly Drawn[] {
    for (const { draw, start, bytes } of this.planned) {
      const [first, second] = roundKeys(keyOf(draw.key), draw.salt);
      const { below = 0, scale = 0 } = draw.mask ?? {};
      this.kernels?.[kindOf(draw)](bytes, start, first, second, below, scale);
    }
    return this.planned;
  }
}

/** What the values of a draw take. */
export function bytesOf(draw: HostDraw): number {
  return sizeOf(draw.shape) * (kindOf(draw) === 'truths' ? 1 : FLOAT_BYTES);
}

/** Bytes in whole vectors, as a kernel writes them. */
export function roundedUp(bytes: number): number {
  return Math.ceil(bytes / VECTOR_BYTES) * VECTOR_BYTES;
}

export function kindOf({ mask, asTruths }: HostDraw): DrawKind {
  if (mask === undefined) return 'draws';
  return asTruths === true ? 'truths' : 'masks';
}

function kernelIn(memory: WebAssembly.Memory, kind: DrawKind): Kernel {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(drawModule(kind)), { host: { memory } }).exports;
  if (!isKernel(run)) throw new EngineError('Random draws were compiled to no function.');
  return run;
}

function isKernel(value: unknown): value is Kernel {
  return typeof value === 'function';
}
