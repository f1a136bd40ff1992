import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

const objectSchema = z.record(z.string(), z.unknown());

/** Reads an option that is a JSON object. @throws what commander shows as a usage error */
export function jsonOption(text: string): Record<string, unknown> {
  try {
    return objectSchema.parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError('Expected a JSON object, for example \'{"size": 64}\'.');
  }
}
