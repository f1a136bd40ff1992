/** From `start` at fraction 0 to `end` at fraction 1 along half a cosine. */
export function cosine(start: number, end: number, fraction: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * fraction));
}

/** From `start` at fraction 0 to `end` at fraction 1 along a line. */
export function linear(start: number, end: number, fraction: number): number {
  return start + (end - start) * fraction;
}
