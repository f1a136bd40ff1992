import { checkRounding } from '../harness/equality.mjs';
import { LABELS, MODELS } from './models.mjs';
import { startOurs } from './ours.mjs';

const FLOAT32 = 'ours, float32';

/** Prediction in 8 bits against our own in float32: `prediction-r18-int8-224-b8`. */
export const INT8_CASES = MODELS.map(({ name, ...model }) => ({
  name: `prediction-${name.replace('-', '-int8-')}`,
  repeats: 9,
  bars: [{ over: FLOAT32, atLeast: 2 }],
  compare: checkRounding,
  start: async (tools) => {
    const setting = { kind: 'prediction', ...model, labels: LABELS, dropout: 0, threads: tools.threads };
    return [
      await tools.keep(startOurs({ ...setting, numbers: 'int8' }, 'ours, int8')),
      await tools.keep(startOurs({ ...setting, numbers: 'float32' }, FLOAT32)),
    ];
  },
}));
