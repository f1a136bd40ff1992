import { EngineError } from '../errors.js';
import { roundKeys } from '../ops/keyed-hash.js';
import { sizeOf } from '../tensor-value.js';
import { drawModule } from './draw-kernel.js';
import type { HostDraw } from './host-draw.js';

const FLOAT_BYTES = 4;
const VECTOR_BYTES = 16;
const PAGE_BYTES = 65536;

type Kernel = (bytes: number, start: number, first: number, second: number, below: number, scale: number) => unknown;

interface PlannedDraw {
  readonly draw: HostDraw;
  readonly start: number;
  readonly bytes: number;
  readonly data: Float32Array;
}

/** Computes draws on the host by WebAssembly, each time into the same arrays. */
export class HostDraws {
  private readonly planned: readonly PlannedDraw[];
  private readonly kernels: readonly [plain: Kernel, masking: Kernel] | undefined;

  constructor(draws: readonly HostDraw[]) {
    const lengths = draws.map(({ shape }) => Math.ceil((sizeOf(shape) * FLOAT_BYTES) / VECTOR_BYTES) * VECTOR_BYTES);
    const whole = lengths.reduce((sum, length) => sum + length, 0);
    if (whole === 0) {
      this.planned = [];
      return;
    }
    const memory = new WebAssembly.Memory({ initial: Math.ceil(whole / PAGE_BYTES) });
    this.kernels = [kernelIn(memory, false), kernelIn(memory, true)];
    let next = 0;
    this.planned = draws.map((draw, index) => {
      const [start, bytes] = [next, lengths[index] ?? 0];
      next += bytes;
      return { draw, start, bytes, data: new Float32Array(memory.buffer, start, sizeOf(draw.shape)) };
    });
  }

  /**
   * Draws anew.
   * @param keyOf the data of an input that is a key
   * @returns an array for each draw, valid until the next call
   */
  fill(
    keyOf: (name: string) => ArrayLike<number>,
  ): readonly { readonly draw: HostDraw; readonly data: Float32Array }[] {
    for (const { draw, start, bytes } of this.planned) {
      const [first, second] = roundKeys(keyOf(draw.key), draw.salt);
      const { below = 0, scale = 0 } = draw.mask ?? {};
      this.kernels?.[draw.mask === undefined ? 0 : 1](bytes, start, first, second, below, scale);
    }
    return this.planned;
  }
}

function kernelIn(memory: WebAssembly.Memory, masks: boolean): Kernel {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(drawModule(masks)), { host: { memory } }).exports;
  if (!isKernel(run)) throw new EngineError('Random draws were compiled to no function.');
  return run;
}

function isKernel(value: unknown): value is Kernel {
  return typeof value === 'function';
}
