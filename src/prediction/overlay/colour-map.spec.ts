import { describe, expect, it } from '@jest/globals';
import { HEAT_COLOURS } from './colour-map.js';

/** Lightness L* of CIELAB, written here from its definition: another formula than the one the map is built with. */
function cieLightness(red: number, green: number, blue: number): number {
  const linear = [red, green, blue].map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

describe('heat colours', () => {
  const lightness = Array.from({ length: 256 }, (_, level) =>
    cieLightness(HEAT_COLOURS[level * 3], HEAT_COLOURS[level * 3 + 1], HEAT_COLOURS[level * 3 + 2]),
  );

  it('rises in lightness over every few levels, from nearly black to nearly white', () => {
    for (let level = 4; level < 256; level++) expect(lightness[level]).toBeGreaterThan(lightness[level - 4]);
    expect(lightness[0]).toBeLessThan(10);
    expect(lightness[255]).toBeGreaterThan(90);
  });

  it('rises evenly: no sixteenth of the map has more than twice the contrast of another', () => {
    const steps = Array.from({ length: 15 }, (_, index) => {
      const from = index * 17;
      return lightness[from + 17] - lightness[from];
    });
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(2);
  });
});
