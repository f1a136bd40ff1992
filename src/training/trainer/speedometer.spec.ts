import { describe, expect, it } from '@jest/globals';
import { Speedometer } from './speedometer.js';

describe('Speedometer', () => {
  it('counts the time of steps, not of pauses', () => {
    let time = 1000;
    const speed = new Speedometer(() => time);
    expect(speed.lap()).toBeNull();
    time += 500;
    speed.add(10);
    time += 60_000;
    speed.pause();
    time += 1500;
    speed.add(10);
    expect(speed.lap()).toBe(10);
    expect(speed.lap()).toBeNull();
    time += 500;
    speed.add(20);
    expect(speed.lap()).toBe(40);
  });
});
