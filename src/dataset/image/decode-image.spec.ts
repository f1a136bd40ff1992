import { describe, expect, it } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { UnreadableImageError } from '../../common/errors/index.js';
import { decodeRgb, inspectImage } from './decode-image.js';

const limits = { bytes: 1_000_000, pixels: 10_000 };

/** Left half red, right half blue; 40 wide, 20 high. */
function twoHalves(): Sharp {
  const half = { width: 20, height: 20, channels: 3 as const };
  return sharp({ create: { ...half, width: 40, background: '#ff0000' } }).composite([
    { input: { create: { ...half, background: '#0000ff' } }, left: 20, top: 0 },
  ]);
}

async function refusalOf(work: Promise<unknown>): Promise<UnreadableImageError> {
  const failure: unknown = await work.catch((error: unknown) => error);
  if (failure instanceof UnreadableImageError) return failure;
  throw new Error(`Expected a refusal, received ${JSON.stringify(failure)}`);
}

function pixel(image: { width: number; data: Uint8Array }, x: number, y: number): number[] {
  return [...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3)];
}

describe('decodeRgb', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('decodes %s to RGB', async (format) => {
    const bytes = await twoHalves().toFormat(format, { quality: 95 }).toBuffer();
    const image = await decodeRgb(bytes, limits, 'halves');
    expect([image.width, image.height, image.data.length]).toEqual([40, 20, 2400]);
    expect(pixel(image, 5, 10)[0]).toBeGreaterThan(240);
    expect(pixel(image, 35, 10)[2]).toBeGreaterThan(240);
  });

  it('applies the EXIF orientation', async () => {
    const bytes = await twoHalves().withMetadata({ orientation: 6 }).png().toBuffer();
    const image = await decodeRgb(bytes, limits, 'turned');
    expect([image.width, image.height]).toEqual([20, 40]);
    expect(pixel(image, 10, 5)).toEqual([255, 0, 0]);
    expect(pixel(image, 10, 35)).toEqual([0, 0, 255]);
  });

  it('flattens alpha on white', async () => {
    const background = { r: 0, g: 0, b: 0, alpha: 0.5 };
    const bytes = await sharp({ create: { width: 2, height: 2, channels: 4, background } })
      .png()
      .toBuffer();
    const [value] = pixel(await decodeRgb(bytes, limits, 'glass'), 0, 0);
    expect(value).toBeGreaterThanOrEqual(126);
    expect(value).toBeLessThanOrEqual(128);
  });

  it('turns 16-bit grey into 8-bit RGB by scaling, not by clipping', async () => {
    const grey = sharp(
      Uint16Array.from({ length: 16 }, () => 32896),
      { raw: { width: 4, height: 4, channels: 1 } },
    );
    const bytes = await grey.toColourspace('grey16').png().toBuffer();
    expect(pixel(await decodeRgb(bytes, limits, 'grey'), 1, 1)).toEqual([128, 128, 128]);
  });

  it('turns CMYK into RGB', async () => {
    const bytes = await twoHalves().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    const image = await decodeRgb(bytes, limits, 'print');
    expect(pixel(image, 5, 10)[0]).toBeGreaterThan(180);
    expect(pixel(image, 35, 10)[2]).toBeGreaterThan(100);
  });
});

describe('inspectImage', () => {
  it('tells format and upright size', async () => {
    const bytes = await twoHalves().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await expect(inspectImage(bytes, limits, 'halves')).resolves.toEqual({ format: 'jpeg', width: 20, height: 40 });
  });

  it.each([
    ['GIF', Buffer.from('GIF89a..............'), /received a GIF file; expected one of jpeg, png, webp/],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /received an SVG or XML file/],
    ['nothing', Buffer.alloc(0), /received an empty file/],
    ['HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), /received a HEIC or MP4 file/],
  ])('refuses %s by its leading bytes', async (_format, bytes, message) => {
    const refusal = await refusalOf(inspectImage(bytes, limits, 'photo.jpg'));
    expect(refusal.message).toMatch(message);
    expect(refusal.details).toEqual({ reason: 'FORMAT' });
  });

  it('refuses too many pixels with both numbers, before decoding', async () => {
    const bytes = await sharp({ create: { width: 101, height: 100, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const refusal = await refusalOf(inspectImage(bytes, limits, 'large.png'));
    expect(refusal.message).toContain('received 101x100 pixels (10100); expected at most 10000');
    expect(refusal.details).toEqual({ reason: 'TOO_MANY_PIXELS' });
  });

  it('refuses too many bytes', async () => {
    const bytes = await twoHalves().png().toBuffer();
    const refusal = await refusalOf(inspectImage(bytes, { ...limits, bytes: bytes.length - 1 }, 'heavy.png'));
    expect(refusal.details).toEqual({ reason: 'TOO_MANY_BYTES' });
  });

  it.each(['png', 'jpeg', 'webp'] as const)('refuses a cut %s instead of half decoding it', async (format) => {
    const noise = Buffer.from(Uint8Array.from({ length: 3 * 64 * 64 }, (_, index) => (index * index * 31) % 251));
    const bytes = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    const cut = bytes.subarray(0, Math.floor(bytes.length / 2));
    const refusal = await refusalOf(inspectImage(cut, limits, 'cut'));
    expect(refusal.message).toMatch(/^cut: the picture is cut or corrupt: /);
    await refusalOf(decodeRgb(cut, limits, 'cut'));
  });

  it('refuses a PNG that lacks only its end', async () => {
    const bytes = await twoHalves().png().toBuffer();
    expect((await refusalOf(inspectImage(bytes.subarray(0, -12), limits, 'cut'))).message).toContain('no IEND');
  });
});
