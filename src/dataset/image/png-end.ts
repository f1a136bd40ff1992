const SIGNATURE_LENGTH = 8;
/** Length field, type and checksum of a chunk. */
const CHUNK_OVERHEAD = 12;

/** Whether a PNG file stops before its IEND chunk. Decoders accept such a file once they have every pixel; we call it cut. */
export function endsBeforeItsLastChunk(png: Uint8Array): boolean {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  let offset = SIGNATURE_LENGTH;
  while (offset + CHUNK_OVERHEAD <= bytes.length) {
    if (bytes.toString('latin1', offset + 4, offset + 8) === 'IEND') return false;
    offset += bytes.readUInt32BE(offset) + CHUNK_OVERHEAD;
  }
  return true;
}
