import sharp, { type OverlayOptions } from 'sharp';
import type { RgbImage } from '@query2label/sdk';
import { fitPicture } from './attention-png.js';
import { HEAT_COLOURS } from './colour-map.js';
import type { AttentionGrid } from './heat-map.js';
import { overlayHeat } from './heat-overlay.js';
import { drawText } from './stroke-text.js';

export interface CaptionedMap {
  /** For example `red triangle 0.97`. */
  readonly caption: string;
  readonly grid: AttentionGrid;
}

export interface SheetOptions {
  /** Caption of the picture itself. */
  readonly title: string;
  /** Longest side of a tile in pixels. @default 240 */
  readonly tileSize?: number;
  /** Tiles in a row. @default 4 */
  readonly columns?: number;
}

const MARGIN = 16;
const CAPTION_HEIGHT = 24;
const CAPITAL_HEIGHT = 9;
const LEGEND_HEIGHT = 36;
const LEGEND_BAR = { width: 160, height: 10 };
const BACKGROUND = { r: 250, g: 250, b: 250 };
const INK = '#1c1c24';

interface Tile {
  readonly caption: string;
  readonly picture: RgbImage;
}

function colourBar(): RgbImage {
  const { width, height } = LEGEND_BAR;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const level = Math.round(((pixel % width) / (width - 1)) * 255);
    data.set(HEAT_COLOURS.subarray(level * 3, level * 3 + 3), pixel * 3);
  }
  return { width, height, data };
}

function layer(picture: RgbImage, left: number, top: number): OverlayOptions {
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  return { input: Buffer.from(picture.data), raw, left, top };
}

function text(value: string, x: number, baseline: number, maximumWidth: number): string {
  return drawText(value, x, baseline, { capitalHeight: CAPITAL_HEIGHT, colour: INK, maximumWidth });
}

/**
 * One PNG: the picture, then the same picture under the attention map of each label, captions below the tiles and the
 * colour scale at the foot. Each map is scaled to its own range.
 */
export async function renderAttentionSheet(
  picture: RgbImage,
  maps: readonly CaptionedMap[],
  options: SheetOptions,
): Promise<Buffer> {
  const side = options.tileSize ?? 240;
  const small = await fitPicture(picture, { width: side, height: side });
  const tiles: Tile[] = [
    { caption: options.title, picture: small },
    ...maps.map(({ caption, grid }) => ({ caption, picture: overlayHeat(small, grid) })),
  ];
  const columns = Math.min(options.columns ?? 4, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const stepX = small.width + MARGIN;
  const stepY = small.height + CAPTION_HEIGHT + MARGIN;
  const width = Math.max(MARGIN + columns * stepX, LEGEND_BAR.width + 2 * MARGIN + 140);
  const legendTop = MARGIN + rows * stepY;
  const height = legendTop + LEGEND_HEIGHT;

  const captions = tiles.map((tile, index) => {
    const x = MARGIN + (index % columns) * stepX;
    const baseline = MARGIN + Math.floor(index / columns) * stepY + small.height + CAPITAL_HEIGHT + 7;
    return text(tile.caption, x, baseline, small.width);
  });
  const legend = text('attention, least to most', MARGIN + LEGEND_BAR.width + 10, legendTop + CAPITAL_HEIGHT, 180);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${captions.join('')}${legend}</svg>`;

  return sharp({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite([
      ...tiles.map((tile, index) =>
        layer(tile.picture, MARGIN + (index % columns) * stepX, MARGIN + Math.floor(index / columns) * stepY),
      ),
      layer(colourBar(), MARGIN, legendTop),
      { input: Buffer.from(svg), left: 0, top: 0 },
    ])
    .png({ compressionLevel: 9 })
    .toBuffer();
}
