import type { RgbImage } from '@query2label/sdk';
import { HEAT_COLOURS } from './colour-map.js';
import { normalizeRange, upsampleBilinear, type AttentionGrid } from './heat-map.js';

/** Share of the heat's colour in the blend where attention is least and greatest; between them it grows evenly. */
const LEAST_SHARE = 0.25;
const GREATEST_SHARE = 0.75;

/** Perceived brightness of an sRGB pixel, by the weights of BT.601. */
function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Lays a heat map over a greyed picture of any size: the map covers the whole picture, since pictures are squashed to the
 * network's input and never cropped.
 */
export function overlayHeat(picture: RgbImage, grid: AttentionGrid): RgbImage {
  const heat = normalizeRange(upsampleBilinear(grid, picture.height, picture.width));
  const data = new Uint8Array(picture.data.length);
  heat.forEach((value, pixel) => {
    const at = pixel * 3;
    const grey = luma(picture.data[at], picture.data[at + 1], picture.data[at + 2]);
    const share = LEAST_SHARE + (GREATEST_SHARE - LEAST_SHARE) * value;
    const colour = Math.round(value * 255) * 3;
    for (let channel = 0; channel < 3; channel++) {
      data[at + channel] = Math.round(grey * (1 - share) + HEAT_COLOURS[colour + channel] * share);
    }
  });
  return { height: picture.height, width: picture.width, data };
}
