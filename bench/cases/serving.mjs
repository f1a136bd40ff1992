import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '../harness/statistics.mjs';
import { percentile, underLoad } from '../serving/load.mjs';
import { servePreset } from '../serving/serve-preset.mjs';

const BARE_MODEL = fileURLToPath(new URL('../serving/bare-model.mjs', import.meta.url));
const PRESETS = ['q2l-small-64', 'q2l-mobilenet-224', 'q2l-r18-224'];
/** Clients that each have one question open at a time. */
const CLIENTS = [1, 4, 16];
/** As the server's own default. */
const BATCH = 8;
const SECONDS = 6;

/** The built server over HTTP, one picture a request: how fast it answers how many clients, beside the model alone. */
export const SERVING_CASES = PRESETS.map((preset) => ({
  name: `serving-${preset.replace('q2l-', '')}`,
  repeats: 3,
  measure: ({ threads, repeats, folder }) => measure({ preset, threads, repeats, folder: join(folder, preset) }),
}));

async function measure({ preset, threads, repeats, folder }) {
  mkdirSync(folder);
  const served = await servePreset({ preset, threads, folder });
  const bare = [];
  const loads = CLIENTS.map(() => []);
  try {
    for (const clients of CLIENTS) await underLoad(served.ask, clients, 1);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      bare.push(await imagesPerSecondAlone({ preset, threads }));
      for (const [index, clients] of CLIENTS.entries())
        loads[index].push(await underLoad(served.ask, clients, SECONDS));
    }
  } finally {
    await served.stop();
    rmSync(folder, { recursive: true });
  }
  const alone = median(bare);
  return [
    { what: `the model alone, batches of ${BATCH}, no decoding`, value: alone, unit: 'images/s', runs: bare },
    ...CLIENTS.flatMap((clients, index) => figuresOf(clients, loads[index], alone)),
  ];
}

function figuresOf(clients, loads, alone) {
  const rates = loads.map(({ perSecond }) => perSecond);
  const times = (share) => median(loads.map(({ milliseconds }) => percentile(milliseconds, share)));
  const who = clients === 1 ? '1 client' : `${clients} clients`;
  return [
    {
      what: `${who}: answers`,
      value: median(rates),
      unit: 'images/s',
      runs: rates,
      note: `${((100 * median(rates)) / alone).toFixed(0)} % of the model alone`,
    },
    {
      what: `${who}: time of an answer`,
      value: times(0.5),
      unit: 'ms',
      note: `half of them; 95 %: ${times(0.95).toFixed(1)}, 99 %: ${times(0.99).toFixed(1)}`,
    },
  ];
}

async function imagesPerSecondAlone({ preset, threads }) {
  const setting = [preset, BATCH, threads, SECONDS].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, [BARE_MODEL, ...setting]);
  return Number(stdout);
}
