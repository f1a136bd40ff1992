// A worker for the tests of the pool: speaks the protocol and misbehaves on demand.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const mode = process.argv[2];
if (mode === 'dies-at-start') {
  process.stderr.write('cannot open the weights folder\n');
  process.exit(3);
}

const cancelled = new Set();
let stopping = false;
let running = 0;

const jobs = {
  echo: (id, input) => input,
  pid: () => process.pid,
  slow: async (id, { milliseconds }) => {
    await pause(milliseconds);
    return process.pid;
  },
  append: (id, { file }) => {
    appendFileSync(file, `${process.pid}\n`);
    return process.pid;
  },
  die: () => process.kill(process.pid, 'SIGKILL'),
  // Ends the process the first time only: the file remembers that it has happened.
  dieOnce: (id, { file }) => {
    if (existsSync(file)) return process.pid;
    writeFileSync(file, 'died');
    return process.exit(7);
  },
  refuse: () => {
    throw Object.assign(new Error('There is no label "cta".'), { code: 'INVALID_INPUT' });
  },
  count: async (id, { until }) => {
    for (let done = 1; done <= until; done++) {
      if (cancelled.has(id)) throw Object.assign(new Error('cancelled'), { code: 'CANCELLED' });
      process.send({ type: 'progress', id, value: done });
      await pause(20);
    }
    return until;
  },
};

process.on('message', async (message) => {
  if (message.type === 'stop') {
    stopping = true;
    if (running === 0) process.exit(0);
    return;
  }
  if (message.type === 'cancel') return void cancelled.add(message.id);
  running++;
  try {
    process.send({ type: 'result', id: message.id, value: await jobs[message.kind](message.id, message.input) });
  } catch (error) {
    const { code, message: text } = error;
    process.send({ type: 'failure', id: message.id, error: { expected: true, code, message: text } });
  }
  running--;
  if (stopping && running === 0) process.send({ type: 'progress', id: 0, value: 0 }, () => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready' });
