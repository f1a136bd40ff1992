/**
 * Clients that ask again as soon as they are answered.
 * @param ask asks one question; gets its number
 * @returns answers per second, and how long each took in milliseconds
 * @throws what `ask` throws
 */
export async function underLoad(ask, clients, seconds) {
  const started = performance.now();
  const end = started + seconds * 1000;
  const milliseconds = [];
  let number = 0;
  const client = async () => {
    while (performance.now() < end) {
      const asked = performance.now();
      await ask(number++);
      milliseconds.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { milliseconds, perSecond: (1000 * milliseconds.length) / (performance.now() - started) };
}

/** The value that this share of the numbers does not exceed. */
export function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
