import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { RgbImage } from '@query2label/sdk';
import { renderOverlayPng } from './attention-png.js';
import { renderAttentionSheet } from './attention-sheet.js';
import type { AttentionGrid } from './heat-map.js';

function greyPicture(width: number, height: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(90) };
}

/** All attention on one cell. */
function peak(rows: number, columns: number, at: number): AttentionGrid {
  const values = new Float32Array(rows * columns);
  values[at] = 1;
  return { rows, columns, values };
}

async function decode(png: Buffer) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const brightness = (x: number, y: number) => {
    const at = (y * info.width + x) * info.channels;
    return (data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0);
  };
  return { info, brightness };
}

describe('renderOverlayPng', () => {
  it('is brightest where attention is greatest, in the proportions of the picture', async () => {
    const png = await renderOverlayPng(greyPicture(120, 60), peak(3, 6, 2 * 6 + 5)); // bottom right cell
    const { info, brightness } = await decode(png);
    expect([info.format, info.width, info.height]).toEqual(['raw', 120, 60]);
    expect(brightness(110, 50)).toBeGreaterThan(brightness(10, 50) + 200);
    expect(brightness(110, 50)).toBeGreaterThan(brightness(110, 10) + 200);
  });

  it('shows a flat map as even darkness', async () => {
    const grid = { rows: 2, columns: 2, values: new Float32Array(4).fill(0.25) };
    const { brightness } = await decode(await renderOverlayPng(greyPicture(20, 20), grid));
    expect(brightness(1, 1)).toBe(brightness(18, 18));
  });
});

describe('renderAttentionSheet', () => {
  it('puts the picture and one tile per map in rows, each map at its place', async () => {
    const maps = [
      { caption: 'left 0.90', grid: peak(2, 2, 0) },
      { caption: 'right 0.80', grid: peak(2, 2, 3) },
    ];
    const png = await renderAttentionSheet(greyPicture(50, 50), maps, { title: 'picture', tileSize: 100, columns: 3 });
    const { info, brightness } = await decode(png);
    expect(info.width).toBe(16 + 3 * 116);
    const tile = (index: number, x: number, y: number) => brightness(16 + index * 116 + x, 16 + y);
    expect(tile(0, 50, 50)).toBe(270); // the picture as it is
    expect(tile(1, 10, 10)).toBeGreaterThan(tile(1, 90, 90) + 200);
    expect(tile(2, 90, 90)).toBeGreaterThan(tile(2, 10, 10) + 200);
  });

  it('wraps tiles into further rows', async () => {
    const maps = Array.from({ length: 4 }, (_, index) => ({ caption: `label ${index}`, grid: peak(2, 2, index) }));
    const wide = await sharp(
      await renderAttentionSheet(greyPicture(40, 20), maps, { title: 'p', columns: 5 }),
    ).metadata();
    const tall = await sharp(
      await renderAttentionSheet(greyPicture(40, 20), maps, { title: 'p', columns: 2 }),
    ).metadata();
    expect(tall.width).toBeLessThan(wide.width);
    expect(tall.height).toBeGreaterThan(2 * (wide.height - 60));
  });
});
