import { CACHED_CASES } from './cached.mjs';
import { COMPILE_CASES } from './compile.mjs';
import { INT8_CASES } from './int8.mjs';
import { MEMORY_CASES } from './memory.mjs';
import { PREDICTION_CASES } from './prediction.mjs';
import { SERVING_CASES } from './serving.mjs';
import { TRAINING_CASES } from './training.mjs';

/**
 * All cases. A case has a `name`, the number of `repeats`, and `start(tools)`, which gives warm contenders: the first is ours, the one that
 * the others are compared with. `bars` are the ratios that it must reach, `memoryOver` the contender whose peak it may not exceed.
 * `compare(name, ours, peer)` checks what they compute, default `checkEquality`; null where results differ from draw to draw.
 * A case without contenders has `measure(tools)` instead, which gives figures; see `run-figures.mjs`.
 *
 * `onCard` says that it can be measured on a graphics card as well.
 *
 * `tools`: `threads`; `card`, `{ device, peers }` where one is measured; `python` with the peers, undefined if there is none; `folder`, a temporary one; `cache`, a lasting one;
 * `keep(promise)` registers a contender, which is stopped at the end whatever happens; `equality(differences)` records a comparison.
 */
export const CASES = [
  ...PREDICTION_CASES,
  ...INT8_CASES,
  ...TRAINING_CASES,
  ...CACHED_CASES,
  ...COMPILE_CASES,
  ...MEMORY_CASES,
  ...SERVING_CASES,
];
