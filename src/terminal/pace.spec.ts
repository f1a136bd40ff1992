import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

describe('the pace of work', () => {
  it('is counted from the first piece on, and says how long the rest takes', () => {
    let time = 0;
    const pace = new Pace('pictures', () => time);
    expect(pace.describe(0, 501)).toBe('pictures');
    time += 60_000;
    expect(pace.describe(1, 501)).toBe('pictures');
    time += 2000;
    expect(pace.describe(26, 501)).toBe('pictures  12.5 a second  38 s left');
    time += 1000;
    expect(pace.describe(501, 501)).toBe('pictures  167 a second');
  });

  it('begins anew when the count does', () => {
    let time = 0;
    const pace = new Pace('pictures', () => time);
    for (const done of [1, 11, 2]) {
      pace.describe(done, 20);
      time += 1000;
    }
    expect(pace.describe(4, 20)).toBe('pictures  2.0 a second  8.0 s left');
  });

  it('is unknown as long as nothing was done since, or no time has passed', () => {
    let time = 0;
    const pace = new Pace('pictures', () => time);
    expect(pace.describe(0, 10)).toBe('pictures');
    expect(pace.describe(5, 10)).toBe('pictures');
    expect(pace.describe(6, 10)).toBe('pictures');
    const still = new Pace('pictures', () => time);
    still.describe(3, 10);
    time += 5000;
    expect(still.describe(3, 10)).toBe('pictures');
  });
});
