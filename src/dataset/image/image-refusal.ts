import { UnreadableImageError } from '../../common/errors/index.js';
import { describeBytes, IMAGE_FORMATS } from './image-format.js';
import type { ImageLimits } from './image-limits.js';

/** Why a picture was refused; stable, for programs. */
export type RefusalReason = 'FORMAT' | 'TOO_MANY_BYTES' | 'TOO_MANY_PIXELS' | 'DAMAGED' | 'MISSING';

function refusal(reason: RefusalReason, message: string, help: string, cause?: unknown): UnreadableImageError {
  return new UnreadableImageError(message, { help, details: { reason }, cause });
}

/** @param name what the caller knows the picture by */
export function wrongFormat(name: string, leading: Uint8Array): UnreadableImageError {
  return refusal(
    'FORMAT',
    `${name}: received ${describeBytes(leading)}; expected one of ${IMAGE_FORMATS.join(', ')}, told by the leading bytes.`,
    'Convert the picture to JPEG, PNG or WebP.',
  );
}

export function tooManyBytes(name: string, limits: ImageLimits): UnreadableImageError {
  return refusal(
    'TOO_MANY_BYTES',
    `${name}: received more than ${limits.bytes} bytes, the limit for one image.`,
    'Save the picture smaller, or let the operator raise the limit for uploads.',
  );
}

export function tooManyPixels(name: string, width: number, height: number, limits: ImageLimits): UnreadableImageError {
  return refusal(
    'TOO_MANY_PIXELS',
    `${name}: received ${width}x${height} pixels (${width * height}); expected at most ${limits.pixels}.`,
    'Scale the picture down, or let the operator raise the limit of pixels.',
  );
}

/** @param finding what the decoder reports */
export function damaged(name: string, finding: string, cause?: unknown): UnreadableImageError {
  return refusal(
    'DAMAGED',
    `${name}: the picture is cut or corrupt: ${finding}.`,
    'Get a sound copy of the file; damaged pictures are never half decoded.',
    cause,
  );
}

export function missing(name: string): UnreadableImageError {
  return refusal('MISSING', `${name}: there is no such file.`, 'Put the file back and import the dataset again.');
}
