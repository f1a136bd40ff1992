import { roundKeys } from '../ops/keyed-hash.js';
import { sizeOf } from '../tensor-value.js';
import type { DrawThreads } from './draw-threads.js';
import type { HostDraw } from './host-draw.js';
import { bytesOf, HostDraws, kindOf, roundedUp } from './host-draws.js';
import type { Drawn } from './host-draws.js';

/** Elements from which on it pays to draw in several threads. */
const MANY = 2 ** 18;

/** Computes draws on the host, those of large programs in several threads, each time into the same arrays. */
export class SharedDraws {
  private readonly own: HostDraws;
  private readonly shares: readonly { readonly draws: readonly HostDraw[]; buffers: readonly ArrayBuffer[] }[];

  /** @param threads besides this one */
  constructor(
    draws: readonly HostDraw[],
    private readonly threads: DrawThreads | undefined,
  ) {
    const elements = draws.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const count = threads === undefined || elements < MANY ? 1 : threads.count + 1;
    const [own = [], ...others] = shareOut(draws, count);
    this.own = new HostDraws(own);
    this.shares = others.filter((share) => share.length > 0).map((share) => ({ draws: share, buffers: [] }));
  }

  /**
   * Draws anew.
   * @param keyOf the data of an input that is a key
   * @returns an array for each draw, valid until the next call
   */
  async fill(keyOf: (name: string) => ArrayLike<number>): Promise<readonly Drawn[]> {
    const elsewhere = this.shares.map(async (share, index) => {
      const jobs = share.draws.map((draw, place) => ({
        ...{ kind: kindOf(draw), bytes: roundedUp(bytesOf(draw)), keys: roundKeys(keyOf(draw.key), draw.salt) },
        ...{ below: draw.mask?.below ?? 0, scale: draw.mask?.scale ?? 0 },
        buffer: usable(share.buffers[place], bytesOf(draw)),
      }));
      share.buffers = (await this.threads?.run(index, jobs)) ?? [];
      return share.draws.map((draw, place): Drawn => ({ draw, data: viewOf(draw, share.buffers[place]) }));
    });
    const here = this.own.fill(keyOf);
    return [...here, ...(await Promise.all(elsewhere)).flat()];
  }
}

/** A buffer that came back, or a new one if it was lost with its thread. */
function usable(buffer: ArrayBuffer | undefined, bytes: number): ArrayBuffer {
  return buffer?.byteLength === bytes ? buffer : new ArrayBuffer(bytes);
}

function viewOf(draw: HostDraw, buffer = new ArrayBuffer(0)): Drawn['data'] {
  return kindOf(draw) === 'truths' ? new Uint8Array(buffer) : new Float32Array(buffer);
}

/** Gives the largest first, each to whoever has least. */
function shareOut(draws: readonly HostDraw[], count: number): readonly (readonly HostDraw[])[] {
  const shares = Array.from({ length: count }, () => ({ size: 0, draws: new Array<HostDraw>() }));
  for (const draw of [...draws].sort((a, b) => sizeOf(b.shape) - sizeOf(a.shape))) {
    const least = shares.reduce((best, share) => (share.size < best.size ? share : best));
    least.draws.push(draw);
    least.size += sizeOf(draw.shape);
  }
  return shares.map((share) => share.draws);
}
