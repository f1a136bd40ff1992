import { alternate, TURN_ON_CARD } from './harness/alternate.mjs';
import { checkEquality } from './harness/equality.mjs';

const WARM_UPS = 2;

/**
 * Starts the contenders of a case, checks that they compute the same, and measures them in turn.
 * @returns what goes into the report; `failure` instead of results if a contender ended or computed something else
 */
export async function runCase({ name, start, repeats, bars, memoryOver, compare = checkEquality }, shared) {
  const kept = [];
  const differences = {};
  const started = performance.now();
  const tools = {
    ...shared,
    keep: (promise) => {
      kept.push(promise);
      return promise;
    },
    equality: (found, name = 'without dropout') => Object.assign(differences, { [name]: found }),
  };
  try {
    const contenders = await start(tools);
    const [ours] = contenders;
    const answers = [];
    for (const contender of contenders) answers.push(await contender.ask('check', WARM_UPS));
    if (compare !== null) {
      answers.slice(1).forEach((answer, index) => {
        const { name: peer } = contenders[index + 1];
        differences[peer] = compare(peer, answers[0], answer, contenders[index + 1].allowed);
      });
    }
    const results = await alternate(contenders, shared.repeats ?? repeats, shared.card && TURN_ON_CARD);
    for (const { name: contender, description, note } of contenders)
      Object.assign(results[contender], description, { note });
    return {
      name,
      ours: ours.name,
      // They are of the CPU.
      bars: shared.card === undefined ? judge(results, ours.name, bars, memoryOver) : [],
      differences,
      results,
      ...took(started),
    };
  } catch (error) {
    return { name, failure: error instanceof Error ? error.message : String(error), ...took(started) };
  } finally {
    for (const started of await Promise.allSettled(kept)) await started.value?.stop();
  }
}

const took = (started) => ({ seconds: Math.round((performance.now() - started) / 1000) });

/** Each bar with its ratio; `undefined` where the peer was not measured. */
function judge(results, ours, bars, memoryOver) {
  const judged = bars.map(({ over, atLeast }) => {
    const ratio = results[over] && results[over].milliseconds / results[ours].milliseconds;
    return { what: 'speed', over, ratio, wanted: `>= ${atLeast}`, met: ratio && ratio >= atLeast };
  });
  if (memoryOver === undefined) return judged;
  const ratio = results[memoryOver] && results[ours].peakMebibytes / results[memoryOver].peakMebibytes;
  return [...judged, { what: 'peak memory', over: memoryOver, ratio, wanted: '<= 1', met: ratio && ratio <= 1 }];
}
