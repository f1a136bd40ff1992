import { labelSmoothingOption, z } from '@query2label/sdk';

export const distributionBalancedOptions = z.strictObject({
  alpha: z.number().min(0).max(10).default(0.1).describe('Least weight after smoothing (alpha in the paper)'),
  beta: z.number().gt(0).max(100).default(10).describe('Steepness of the smoothing (beta in the paper)'),
  mu: z.number().min(0).max(1).default(0.2).describe('Centre of the smoothing (mu in the paper; 0.3 for VOC)'),
  lambda: z
    .number()
    .min(1)
    .max(20)
    .default(2)
    .describe('How much faster the loss of absent labels fades (lambda in the paper)'),
  kappa: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('Share of the label prior that shifts logits (kappa in the paper)'),
  labelSmoothing: labelSmoothingOption,
  gamma: z
    .number()
    .min(0)
    .max(20)
    .default(2)
    .describe('Exponent of the focusing weight (DB-Focal); 0 leaves focusing out'),
});
export type DistributionBalancedOptions = z.output<typeof distributionBalancedOptions>;
