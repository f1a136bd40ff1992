import { InvalidArgumentError } from 'commander';

/** Reads an option that is a number. @throws what commander shows as a usage error */
export function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}
