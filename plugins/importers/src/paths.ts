import { z } from '@query2label/sdk';

/** A split's name: shown in queries and reports. */
export const splitName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.-]+$/, 'expected letters, digits, dots, hyphens or underscores');

/** Joins path parts with slashes, whatever the system; empty parts are left out. */
export function joinPath(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replaceAll('\\', '/').replace(/\/+$/, ''))
    .filter((part) => part !== '')
    .join('/');
}
