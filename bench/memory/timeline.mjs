// Draws the resident memory of a process during one run of a program: node bench/memory/timeline.mjs [--help]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import asciichart from 'asciichart';
import { LABELS, MODELS } from '../cases/models.mjs';
import { runApart } from './run-apart.mjs';

const USAGE = `usage: node bench/memory/timeline.mjs [OPTIONS]     (after npm run build)
  --model NAME     ${MODELS.map(({ name }) => name).join(', ')}; default: the first
  --kind KIND      training or prediction; default: training
  --run N          which run, from 1: the first also grows the allocator's blocks; default: 3
  --every N        milliseconds between two looks; default: 3
  --threads N      default: all cores`;
const KINDS = ['training', 'prediction'];
const MEBIBYTE = 2 ** 20;
const COLUMNS = 100;
const ROWS = 16;

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: MODELS[0].name },
    kind: { type: 'string', default: KINDS[0] },
    run: { type: 'string', default: '3' },
    every: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
});
const model = MODELS.find(({ name }) => name === values.model);
if (values.help || model === undefined || !KINDS.includes(values.kind)) {
  process.stdout.write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else draw(model, values);

function draw({ name, ...sizes }, { kind, run, every, threads }) {
  const { empty, idle, needs, milliseconds, samples } = runApart('sample-run.mjs', {
    ...{ kind, ...sizes, labels: LABELS, dropout: kind === 'training' ? 0.1 : 0 },
    ...{ threads: Number(threads), runs: Number(run), everyMilliseconds: Number(every) },
  });
  const mebibytes = (bytes) => Math.round(bytes / MEBIBYTE);
  const [peakTime, peak] = samples.reduce((most, sample) => (sample[1] > most[1] ? sample : most));
  const lines = [
    `${kind} of ${name}: MiB beside the process without a program (${mebibytes(empty)} MiB), ${Math.round(milliseconds)} ms from left to right`,
    asciichart.plot(columnsOf(samples, milliseconds, empty), {
      height: ROWS,
      format: (value) => value.toFixed(0).padStart(8),
    }),
    `the graph needs ${mebibytes(needs.residentBytes)} MiB of parameters and state, ${mebibytes(needs.workingBytes)} MiB of values alive at once`,
    `before the run ${mebibytes(idle - empty)} MiB; peak ${mebibytes(peak - empty)} MiB after ${Math.round((100 * peakTime) / milliseconds)} % of the run; ${samples.length} samples`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The most memory in each column of the drawing, in MiB; where nobody looked, as much as before. */
function columnsOf(samples, milliseconds, empty) {
  const columns = Array.from({ length: COLUMNS }, () => -Infinity);
  for (const [time, bytes] of samples) {
    const column = Math.min(COLUMNS - 1, Math.floor((COLUMNS * time) / milliseconds));
    columns[column] = Math.max(columns[column], (bytes - empty) / MEBIBYTE);
  }
  let last = (samples[0][1] - empty) / MEBIBYTE;
  return columns.map((value) => (last = value === -Infinity ? last : value));
}
