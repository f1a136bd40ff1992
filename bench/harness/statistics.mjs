/** Median of numbers; the mean of the middle two where their count is even. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Largest difference of two lists, relative to the largest element of the first. */
export function relativeDifference(expected, received) {
  const scale = Math.max(...expected.map(Math.abs), 1e-12);
  return Math.max(...expected.map((value, index) => Math.abs(value - received[index]))) / scale;
}
