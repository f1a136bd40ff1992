import type { TresnetOptions } from './options.js';

/** Output channels of a block for each of its inner channels. */
export const EXPANSION = { basic: 1, bottleneck: 4 } as const;
export type BlockKind = keyof typeof EXPANSION;

/** What distinguishes the published networks (Ridnik et al. 2020, table 2). */
export interface Architecture {
  /** Channels of the first stage; each later stage has twice as many. */
  readonly width: number;
  readonly blocks: readonly [number, number, number, number];
  readonly kinds: readonly [BlockKind, BlockKind, BlockKind, BlockKind];
}

const MIXED = ['basic', 'basic', 'bottleneck', 'bottleneck'] as const;
const BOTTLENECKS = ['bottleneck', 'bottleneck', 'bottleneck', 'bottleneck'] as const;

export const ARCHITECTURES: Readonly<Record<TresnetOptions['variant'], Architecture>> = {
  l: { width: 76, blocks: [4, 5, 18, 3], kinds: MIXED },
  xl: { width: 83, blocks: [4, 5, 24, 3], kinds: MIXED },
  'l-v2': { width: 64, blocks: [3, 4, 23, 3], kinds: BOTTLENECKS },
};
