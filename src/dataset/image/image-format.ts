/** The formats that the platform decodes. Everything else is refused before a decoder sees it. */
export const IMAGE_FORMATS = ['jpeg', 'png', 'webp'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Number of leading bytes that `sniffFormat` wants to see. */
export const SNIFFED_BYTES = 64;

const CONTENT_TYPES: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

/** The media type under which a stored image is served. */
export function contentTypeOf(format: ImageFormat): string {
  return CONTENT_TYPES[format];
}

/** True if the text names one of the accepted formats. */
export function isImageFormat(text: string): text is ImageFormat {
  return IMAGE_FORMATS.some((format) => format === text);
}

/** Tells an accepted format by its leading bytes; the name of the file says nothing. */
export function sniffFormat(leading: Uint8Array): ImageFormat | undefined {
  const bytes = Buffer.from(leading.buffer, leading.byteOffset, leading.byteLength);
  if (hasBytes(bytes, 0, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (hasBytes(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP')) return 'webp';
  return undefined;
}

/** What refused bytes seem to be, for the error message: `a GIF file`. */
export function describeBytes(leading: Uint8Array): string {
  const bytes = Buffer.from(leading.buffer, leading.byteOffset, leading.byteLength);
  if (bytes.length === 0) return 'an empty file';
  if (hasText(bytes, 0, 'GIF8')) return 'a GIF file';
  if (hasText(bytes, 0, 'BM')) return 'a BMP file';
  if (hasText(bytes, 0, '%PDF')) return 'a PDF file';
  if (hasBytes(bytes, 0, [0x49, 0x49, 0x2a, 0]) || hasBytes(bytes, 0, [0x4d, 0x4d, 0, 0x2a])) return 'a TIFF file';
  if (hasText(bytes, 4, 'ftyp')) return hasText(bytes, 8, 'avi') ? 'an AVIF file' : 'a HEIC or MP4 file';
  const start = bytes.toString('utf8').trimStart().toLowerCase();
  if (start.startsWith('<svg') || start.startsWith('<?xml')) return 'an SVG or XML file';
  if (start.startsWith('<')) return 'an HTML file';
  return `a file that begins with the bytes ${bytes.subarray(0, 8).toString('hex')}`;
}

function hasBytes(bytes: Buffer, offset: number, expected: readonly number[]): boolean {
  return expected.every((value, index) => bytes[offset + index] === value);
}

function hasText(bytes: Buffer, offset: number, expected: string): boolean {
  return bytes.toString('latin1', offset, offset + expected.length) === expected;
}
