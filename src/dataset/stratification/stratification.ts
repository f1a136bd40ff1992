import { z } from 'zod';
import { parseInput } from '../../common/parse-input.js';

const stratificationSchema = z.strictObject({
  parts: z
    .array(z.strictObject({ split: z.string().min(1).max(64), part: z.number().positive() }))
    .min(2)
    .refine((parts) => new Set(parts.map(({ split }) => split)).size === parts.length, 'each split once'),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});

/** How the images of annotations without splits are dealt out. */
export type Stratification = z.output<typeof stratificationSchema>;

/** @throws InvalidInputError naming each place that is not valid */
export function parseStratification(input: unknown): Stratification {
  return parseInput(stratificationSchema, input, 'stratification', 'stratify');
}
