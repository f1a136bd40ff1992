import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import type { RgbImage } from '@query2label/sdk';
import { UnreadableImageError } from '../../common/errors/index.js';
import { hasCode } from '../files/error-code.js';
import { SNIFFED_BYTES, sniffFormat } from './image-format.js';
import type { ImageFacts, ImageLimits } from './image-limits.js';
import { damaged, missing, tooManyBytes, tooManyPixels, wrongFormat } from './image-refusal.js';
import { endsBeforeItsLastChunk } from './png-end.js';

// The pictures of a batch are decoded side by side, one thread each; libvips' own cache would only keep what is never asked for again.
sharp.concurrency(1);
sharp.cache(false);

const WHITE = { r: 255, g: 255, b: 255 };
const SIDE_OF_TRIAL = 16;

/**
 * Decodes a picture to 8-bit sRGB at its full size: EXIF orientation applied, embedded colour profile converted, grey and
 * CMYK turned into RGB, 16 bits scaled to 8, alpha flattened on white, the first frame of an animation.
 * Nothing that the file may refer to is opened.
 * @param name what the caller knows the picture by, for the error
 * @throws UnreadableImageError
 */
export async function decodeRgb(bytes: Uint8Array, limits: ImageLimits, name: string): Promise<RgbImage> {
  await checkHeader(bytes, limits, name);
  const { data, info } = await orFail(name, () =>
    asRgb(open(bytes, limits)).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  return {
    height: info.height,
    width: info.width,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/** `decodeRgb` for a file. */
export async function decodeRgbFile(path: string, limits: ImageLimits, name: string): Promise<RgbImage> {
  return decodeRgb(await readImageFile(path, name), limits, name);
}

/**
 * Checks that a picture is of an accepted format, within the limits, and decodes to its last row; tells its size.
 * @param name what the caller knows the picture by, for the error
 * @throws UnreadableImageError
 */
export async function inspectImage(bytes: Uint8Array, limits: ImageLimits, name: string): Promise<ImageFacts> {
  const facts = await checkHeader(bytes, limits, name);
  // Every row is decoded on the way to the small picture, without holding the large one in memory.
  await orFail(name, () =>
    asRgb(open(bytes, limits).resize(SIDE_OF_TRIAL, SIDE_OF_TRIAL, { fit: 'fill', fastShrinkOnLoad: false }))
      .raw()
      .toBuffer(),
  );
  return facts;
}

async function checkHeader(bytes: Uint8Array, limits: ImageLimits, name: string): Promise<ImageFacts> {
  const leading = bytes.subarray(0, SNIFFED_BYTES);
  const format = sniffFormat(leading);
  if (format === undefined) throw wrongFormat(name, leading);
  if (bytes.byteLength > limits.bytes) throw tooManyBytes(name, limits);
  // The size is compared here and not by sharp, so that the message can tell it.
  const header = await orFail(name, () => sharp(bytes, { limitInputPixels: false, failOn: 'warning' }).metadata());
  if (header.format !== format) throw damaged(name, `it begins like ${format} but decodes as ${header.format}`);
  const { width, height } = header.autoOrient;
  if (width * height > limits.pixels) throw tooManyPixels(name, width, height, limits);
  if (format === 'png' && endsBeforeItsLastChunk(bytes)) throw damaged(name, 'the PNG has no IEND chunk');
  return { format, width, height };
}

function open(bytes: Uint8Array, limits: ImageLimits): Sharp {
  return sharp(bytes, { limitInputPixels: limits.pixels, failOn: 'warning', autoOrient: true, pages: 1 });
}

function asRgb(image: Sharp): Sharp {
  return image.flatten({ background: WHITE }).toColourspace('srgb');
}

async function orFail<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableImageError) throw error;
    const finding = error instanceof Error ? error.message : String(error);
    throw damaged(name, finding.split('\n').at(0)?.trim() ?? 'it does not decode', error);
  }
}

async function readImageFile(path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw missing(name);
    throw error;
  }
}
