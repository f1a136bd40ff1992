import type { RgbImage } from '@query2label/sdk';

export const CHANNELS = 3;
export const LEVELS = 256;

/** New value of each of the 256 values of one channel. */
export type Table = Uint8Array;

/** The table of a function of the value; results are cut to whole numbers and to 0..255. */
export function tableOf(value: (level: number) => number): Table {
  return Uint8Array.from({ length: LEVELS }, (_, level) => Math.min(255, Math.max(0, Math.trunc(value(level)))));
}

/** Replaces every value by its channel's table. */
export function applyTables(image: RgbImage, tables: readonly [Table, Table, Table]): RgbImage {
  const { data, height, width } = image;
  const result = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index += CHANNELS) {
    result[index] = tables[0][data[index]];
    result[index + 1] = tables[1][data[index + 1]];
    result[index + 2] = tables[2][data[index + 2]];
  }
  return { height, width, data: result };
}

/** One table for all channels. */
export function applyTable(image: RgbImage, table: Table): RgbImage {
  return applyTables(image, [table, table, table]);
}

/** How often each value occurs in a channel. */
export function histogramOf({ data }: RgbImage, channel: number): Uint32Array {
  const counts = new Uint32Array(LEVELS);
  for (let index = channel; index < data.length; index += CHANNELS) counts[data[index]]++;
  return counts;
}
