// Preloaded with NODE_OPTIONS=--import: the time of day of this process is off by the milliseconds that the file
// Q2L_TEST_CLOCK holds, and jumps when that file is written. The monotonic clock and the timers go on undisturbed, as they do
// when a machine's clock is set.
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const file = process.env.Q2L_TEST_CLOCK;
const RealDate = globalThis.Date;
let offset = 0;

function look() {
  try {
    offset = Number(readFileSync(file, 'utf8'));
  } catch {
    offset = 0;
  }
}

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset;
  }
};

if (file !== undefined) {
  look();
  setInterval(look, 50).unref();
}
