import type { RgbImage } from '@query2label/sdk';
import { CHANNELS } from './tables.js';

/** Columns `left` to `right` and rows `top` to `bottom`, the last ones not included. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export type Colour = readonly [red: number, green: number, blue: number];

/** Covers a part of the picture with one colour; what lies outside is ignored. */
export function fillRectangle(image: RgbImage, area: Rectangle, colour: Colour): RgbImage {
  const { height, width } = image;
  const data = image.data.slice();
  for (let y = Math.max(0, area.top); y < Math.min(height, area.bottom); y++) {
    for (let x = Math.max(0, area.left); x < Math.min(width, area.right); x++) {
      data.set(colour, (y * width + x) * CHANNELS);
    }
  }
  return { height, width, data };
}
