import type { ParameterSpec } from '@query2label/sdk';

/** Which parameters weight decay applies to: all of them, as the official code does, or all but biases and norms. */
export const DECAY_CHOICES = ['all', 'spare-biases-and-norms'] as const;
export type DecayChoice = (typeof DECAY_CHOICES)[number];

/** Biases by their names (`fc.b` of the group-wise layer is `[1, labels]`), norms by their single dimension. */
const BIAS_NAME = /(?:^|[._])(?:bias|b)$/;

/** Whether weight decay applies to a parameter. */
export function isDecayed(spec: ParameterSpec, choice: DecayChoice): boolean {
  return choice === 'all' || (spec.shape.length > 1 && !BIAS_NAME.test(spec.name));
}
