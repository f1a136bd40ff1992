import { median } from './statistics.mjs';

/**
 * Asks warm contenders in turn, one run each, and forgets what came before. Who is not asked is held still.
 * @returns for each, by name: median and all times of a run in milliseconds, processor time, peak memory during these runs in MiB
 */
export async function alternate(contenders, repeats) {
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
      const { milliseconds, processorMilliseconds } = await contender.ask('run', 1);
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
