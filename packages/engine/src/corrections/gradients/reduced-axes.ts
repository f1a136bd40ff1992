import type { KernelAttributes } from '../../kernel-attributes.js';

/** The axes that a reduction sums out, none of them negative; all of them when it names none. */
export function reducedAxes(attributes: KernelAttributes, rank: number): readonly number[] {
  const axes = attributes.axes(attributes.has('reductionIndices') ? 'reductionIndices' : 'axis', rank);
  return [...new Set(axes)].sort((a, b) => a - b);
}
