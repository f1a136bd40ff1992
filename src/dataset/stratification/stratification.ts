import { z } from 'zod';
import { InvalidInputError } from '../../common/errors/index.js';

const stratificationSchema = z.strictObject({
  parts: z
    .array(z.strictObject({ split: z.string().min(1).max(64), part: z.number().positive() }))
    .min(2, 'expected at least two splits')
    .refine((parts) => new Set(parts.map(({ split }) => split)).size === parts.length, 'a split is named twice'),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});

/** How the images of annotations without splits are dealt out. */
export type Stratification = z.output<typeof stratificationSchema>;

/** @throws InvalidInputError naming each place that is not valid */
export function parseStratification(input: unknown): Stratification {
  const result = stratificationSchema.safeParse(input);
  if (result.success) return result.data;
  throw InvalidInputError.fromZod('stratification', result.error, 'stratify');
}
