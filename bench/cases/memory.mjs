import { runApart } from '../memory/run-apart.mjs';
import { LABELS, MODELS } from './models.mjs';

const MEBIBYTE = 2 ** 20;
const ALLOWED = 1.1;
const KINDS = ['prediction', 'training'];

/** Peak memory of a program against what its graph needs: parameters, state, and the largest sum of values that are alive at once. */
export const MEMORY_CASES = MODELS.flatMap(({ name, ...model }) =>
  KINDS.map((kind) => ({
    name: `memory-${name}-${kind}`,
    repeats: 3,
    measure: ({ threads, repeats }) =>
      measure({ kind, ...model, labels: LABELS, dropout: kind === 'training' ? 0.1 : 0, threads, runs: repeats }),
  })),
);

function measure(setting) {
  const { empty, idle, peak, afterwards, needs } = runApart('measure.mjs', setting);
  const needed = needs.residentBytes + needs.workingBytes;
  const inMebibytes = (what, bytes, note) => ({ what, value: Math.round(bytes / MEBIBYTE), unit: 'MiB', note });
  return [
    inMebibytes('the process without a program', empty),
    inMebibytes('the graph needs: parameters and state', needs.residentBytes),
    inMebibytes('the graph needs: values alive at once', needs.workingBytes, 'inputs, activations, gradients, outputs'),
    inMebibytes('measured before the first run, beside the process', idle - empty),
    inMebibytes('measured peak of a run, beside the process', peak - empty),
    inMebibytes('measured after the last run, beside the process', afterwards - empty),
    { what: 'peak over what the graph needs', value: (peak - empty) / needed, atMost: ALLOWED },
  ];
}
