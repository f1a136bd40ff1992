import { setTimeout as delay } from 'node:timers/promises';

const PAUSE = 60;

/**
 * Looks again and again until what is seen is as expected. A slow machine may take its time; what stands still fails.
 * @param seconds for which nothing may change
 * @param beside text for the error, such as the output of a process
 * @throws with what was seen last
 */
export async function untilReached<Seen>(
  look: () => Promise<Seen>,
  reached: (seen: Seen) => boolean,
  seconds: number,
  beside = () => '',
): Promise<Seen> {
  let [last, since] = ['', performance.now()];
  for (;;) {
    const seen = await look();
    if (reached(seen)) return seen;
    const text = JSON.stringify(seen);
    if (text !== last) [last, since] = [text, performance.now()];
    if (performance.now() > since + seconds * 1000) {
      throw new Error(`Nothing has changed for ${seconds} s: ${text}\n${beside()}`);
    }
    await delay(PAUSE);
  }
}
