import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are the same; takes as long wherever they differ. */
export function isSameText(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(first, second);
}
