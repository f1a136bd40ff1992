import { median } from './statistics.mjs';

/** A turn on the CPU, where a run is long; and on a card, where the first one after a pause only wakes it. */
const TURN = { warmUps: 0, runs: 1 };
export const TURN_ON_CARD = { warmUps: 2, runs: 5 };

/**
 * Asks warm contenders in turn, and forgets what came before. Who is not asked is held still.
 * @param turn runs of each turn, and those before them that are not counted
 * @returns for each, by name: median and all times of a run in milliseconds, processor time, peak memory during these runs in MiB
 */
export async function alternate(contenders, repeats, turn = TURN) {
  const records = new Map(contenders.map((contender) => [contender, { milliseconds: [], processor: [] }]));
  const wholePeaks = new Map();
  for (const contender of contenders) {
    wholePeaks.set(contender, (await contender.ask('peak')).mebibytes);
    await contender.ask('forget-peak');
    contender.rest();
  }
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [contender, record] of records) {
      contender.wake();
      if (turn.warmUps > 0) await contender.ask('run', turn.warmUps);
      const { milliseconds, processorMilliseconds } = await contender.ask('run', turn.runs);
      contender.rest();
      record.milliseconds.push(...milliseconds);
      record.processor.push(...processorMilliseconds);
    }
  }
  const results = {};
  for (const [contender, { milliseconds, processor }] of records) {
    contender.wake();
    const { mebibytes } = await contender.ask('peak');
    results[contender.name] = {
      milliseconds: median(milliseconds),
      processorMilliseconds: median(processor),
      runs: milliseconds,
      peakMebibytes: mebibytes,
      peakWithStartMebibytes: Math.max(mebibytes, wholePeaks.get(contender)),
    };
  }
  return results;
}
