import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodeRgbFile } from './decode-image.js';
import { resizeAntialiased } from './resize.js';

const shared = process.env.Q2L_SHARED;

(shared === undefined ? describe.skip : describe)('photos at 448 x 448', () => {
  // `Image.open(photo).convert('RGB').resize((448, 448), Image.BILINEAR)` of Pillow 13.
  it.each([
    ['000000000030.jpg', 'bf8c7f6ab08d4f42'],
    ['000000000072.jpg', '812bbe13f3624abb'],
    ['000000000094.jpg', '4d1b37a0c549f5fc'],
    ['000000000110.jpg', '8f3dd82a7ca481c6'],
  ])('%s has every byte of Pillow', async (photo, expected) => {
    const path = join(shared ?? '', 'data/coco-mini/images/val', photo);
    const limits = { bytes: 2 ** 24, pixels: 2 ** 24 };
    const { data } = resizeAntialiased(await decodeRgbFile(path, limits, photo), { height: 448, width: 448 });
    expect(createHash('sha256').update(data).digest('hex').slice(0, 16)).toBe(expected);
  });
});
