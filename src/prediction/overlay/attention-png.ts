import sharp, { type Sharp } from 'sharp';
import type { RgbImage } from '@query2label/sdk';
import type { AttentionGrid } from './heat-map.js';
import { overlayHeat } from './heat-overlay.js';

function fromRgb(picture: RgbImage): Sharp {
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  return sharp(picture.data, { raw });
}

/** Shrinks or enlarges a picture to a box, keeping its proportions; at least one pixel each way. */
export async function fitPicture(picture: RgbImage, box: { width: number; height: number }): Promise<RgbImage> {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const data = await fromRgb(picture).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, data };
}

/** The picture under its heat map, as PNG, of the picture's size. */
export function renderOverlayPng(picture: RgbImage, grid: AttentionGrid): Promise<Buffer> {
  return fromRgb(overlayHeat(picture, grid)).png({ compressionLevel: 6 }).toBuffer();
}
