import type { ResnetOptions } from './options.js';

/** What distinguishes the residual networks of the four depths (He et al. 2015, table 1). */
export interface Architecture {
  readonly block: 'basic' | 'bottleneck';
  /** Blocks of layer1 to layer4. */
  readonly blocks: readonly [number, number, number, number];
}

export const ARCHITECTURES: Readonly<Record<ResnetOptions['depth'], Architecture>> = {
  18: { block: 'basic', blocks: [2, 2, 2, 2] },
  34: { block: 'basic', blocks: [3, 4, 6, 3] },
  50: { block: 'bottleneck', blocks: [3, 4, 6, 3] },
  101: { block: 'bottleneck', blocks: [3, 4, 23, 3] },
};

/** Output channels of a block for each of its inner channels. */
export const EXPANSION = { basic: 1, bottleneck: 4 } as const;
