import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const REPLIES = 3;

/**
 * Answers the commands of the bench, JSON lines on standard input, on file descriptor 3; see `contender.mjs`.
 * @param ready what the contender tells about itself
 * @param run runs the program once: `{ loss, logits }`
 * @param norms L2 norm of every parameter, by name
 */
export async function serve(ready, run, norms) {
  const reply = (value) => writeSync(REPLIES, `${JSON.stringify(value)}\n`);
  reply(ready);
  for await (const line of createInterface({ input: process.stdin })) reply(await answer(JSON.parse(line), run, norms));
  process.exit(0);
}

async function answer({ command, times }, run, norms) {
  switch (command) {
    case 'check': {
      const results = [];
      for (let index = 0; index < times; index += 1) results.push(await run());
      return { losses: results.map(({ loss }) => loss), logits: [...results[0].logits], norms };
    }
    case 'run': {
      const milliseconds = [];
      const processorMilliseconds = [];
      for (let index = 0; index < times; index += 1) {
        const start = performance.now();
        const busy = process.cpuUsage();
        await run();
        milliseconds.push(performance.now() - start);
        const { user, system } = process.cpuUsage(busy);
        processorMilliseconds.push((user + system) / 1000);
      }
      return { milliseconds, processorMilliseconds };
    }
    case 'forget-peak':
      writeFileSync('/proc/self/clear_refs', '5');
      return {};
    case 'peak':
      return { mebibytes: Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024 };
    default:
      throw new Error(`unknown command ${command}`);
  }
}
