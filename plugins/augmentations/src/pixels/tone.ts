import type { RgbImage } from '@query2label/sdk';
import { applyTable, applyTables, histogramOf, type Table, tableOf } from './tables.js';

/** Stretches each channel to 0..255. */
export function autoContrast(image: RgbImage): RgbImage {
  return eachChannel(image, (counts) => {
    const lowest = counts.findIndex((count) => count > 0);
    const highest = counts.findLastIndex((count) => count > 0);
    if (highest <= lowest) return tableOf((level) => level);
    const scale = 255 / (highest - lowest);
    return tableOf((level) => level * scale - lowest * scale);
  });
}

/** Makes the values of each channel about equally frequent. */
export function equalize(image: RgbImage): RgbImage {
  return eachChannel(image, (counts) => {
    const used = counts.filter((count) => count > 0);
    const total = used.reduce((sum, count) => sum + count, 0);
    const step = Math.floor((total - (used.at(-1) ?? 0)) / 255);
    if (used.length <= 1 || step === 0) return tableOf((level) => level);
    let below = Math.floor(step / 2);
    return tableOf((level) => {
      const value = Math.floor(below / step);
      below += counts[level];
      return value;
    });
  });
}

export function invert(image: RgbImage): RgbImage {
  return applyTable(
    image,
    tableOf((level) => 255 - level),
  );
}

/** Keeps the highest bits of each value. */
export function posterize(image: RgbImage, bits: number): RgbImage {
  const dropped = 2 ** (8 - bits);
  return applyTable(
    image,
    tableOf((level) => level - (level % dropped)),
  );
}

/** Inverts the values from a threshold on. */
export function solarize(image: RgbImage, threshold: number): RgbImage {
  return applyTable(
    image,
    tableOf((level) => (level < threshold ? level : 255 - level)),
  );
}

function eachChannel(image: RgbImage, tableFor: (counts: Uint32Array) => Table): RgbImage {
  const table = (channel: number): Table => tableFor(histogramOf(image, channel));
  return applyTables(image, [table(0), table(1), table(2)]);
}
