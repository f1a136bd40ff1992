import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../harness/statistics.mjs';

const scriptOf = (name) => fileURLToPath(new URL(`../start/${name}.mjs`, import.meta.url));
const FIRST = 20_000;
const SECOND = 3_000;
/** The presets with most parameters and most operators, and the paper's own. */
const PRESETS = ['q2l-swinl-384', 'q2l-cvt-384', 'q2l-r101-448'];
const KINDS = ['prediction', 'training'];

/** Compiling in fresh processes: a first time, then from the cache on disk. */
export const COMPILE_CASES = PRESETS.flatMap((preset) =>
  KINDS.map((kind) => ({
    name: `compile-${preset.replace('q2l-', '')}-${kind}`,
    repeats: 3,
    measure: ({ threads, repeats, folder }) => measure({ preset, kind, threads, repeats, folder }),
  })),
);

function measure({ preset, kind, threads, repeats, folder }) {
  const place = join(folder, `${preset}-${kind}`);
  mkdirSync(place);
  try {
    const file = JSON.parse(answerOf('write-parameters', [preset, place]));
    const setting = { preset, kind, batch: 1, threads, folder: place, file, cache: join(place, 'cache') };
    const start = () => JSON.parse(answerOf('start', [JSON.stringify(setting)]));
    const first = started(start(), 'compiled');
    const seconds = Array.from({ length: repeats }, () => started(start(), 'disk'));
    return [
      { what: 'nodes of the graph', value: first.report.nodes },
      { what: 'bytes of parameters', value: file.bytes / 2 ** 20, unit: 'MiB' },
      ...figuresOf('first compile', [first], FIRST),
      ...figuresOf('second start, from the cache on disk', seconds, SECOND),
      {
        what: 'beside that: reading and verifying the parameters',
        value: median(seconds.map(({ reading }) => reading.milliseconds)),
        unit: 'ms',
      },
    ];
  } finally {
    rmSync(place, { recursive: true });
  }
}

function figuresOf(what, starts, atMost) {
  const stage = (name) => Math.round(median(starts.map(({ report }) => report[`${name}Milliseconds`])));
  const times = starts.map(({ compiling }) => compiling.milliseconds);
  return [
    {
      what,
      value: median(times),
      unit: 'ms',
      atMost,
      runs: times,
      note: `recording ${stage('trace')}, lowering ${stage('lower')}, session ${stage('session')}`,
    },
    {
      what: `${what}: processor time`,
      value: median(starts.map(({ compiling }) => compiling.processorMilliseconds)),
      unit: 'ms',
    },
  ];
}

/** @throws Error if a program came from elsewhere than it should */
function started(answer, source) {
  if (answer.report.source === source) return answer;
  throw new Error(`expected a program from "${source}"; it came from "${answer.report.source}"`);
}

const answerOf = (script, given) =>
  execFileSync(process.execPath, [scriptOf(script), ...given], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
