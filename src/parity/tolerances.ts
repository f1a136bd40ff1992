import type { ReferenceFile } from './reference-file.js';

/** What training may differ by. Relative, but for logits. */
export interface Tolerances {
  /** Of the loss before each step; left out where nothing can be promised. */
  readonly losses: readonly number[];
  readonly trainingLogits: number;
  readonly gradientNorm: number;
  readonly gradientElement: number;
  /** Of the norm of a parameter's change since the start. */
  readonly change: number;
  readonly slowChange: number;
  /** Of logits after five steps; left out where nothing can be promised. */
  readonly trainedLogits?: number;
}

const USUAL: Tolerances = {
  losses: [1e-6, 2e-3, 2e-2, 2e-2, 2e-2],
  trainingLogits: 1e-4,
  gradientNorm: 1e-3,
  gradientElement: 1e-3,
  change: 2e-2,
  slowChange: 5e-2,
  trainedLogits: 5e-2,
};

/**
 * Normalisation by the statistics of few cells: PyTorch's own float32 and float64 runs differ by 0.5 % in gradients, and AdamW turns
 * rounding into steps, so that losses diverge after the second. Pictures that differ by one part in a million moved the norm of a
 * parameter's change over five steps by 0.3 % in the median and 7.6 % at most (TResNet-L, 96 pixels).
 */
const BATCH_STATISTICS: Tolerances = {
  losses: [1e-5, 2e-2],
  trainingLogits: 1e-3,
  gradientNorm: 2e-2,
  gradientElement: 5e-2,
  change: 1.5e-1,
  slowChange: 1.5e-1,
};

/** By what the state dict shows: a batch normalisation that learns has a weight that is trained beside running statistics. */
export function tolerancesOf({ state_dict }: ReferenceFile): Tolerances {
  const trained = new Set(state_dict.filter(([, , kind]) => kind === 'train').map(([name]) => name));
  const learns = state_dict.some(
    ([name]) => name.endsWith('.running_mean') && trained.has(name.replace(/running_mean$/, 'weight')),
  );
  return learns ? BATCH_STATISTICS : USUAL;
}
