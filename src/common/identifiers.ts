import { randomBytes } from 'node:crypto';

let lastMilliseconds = 0;
let sequence = 0;

/**
 * A new UUID of version 7 (RFC 9562): its text order is the order of creation, also within one millisecond of one process.
 * Used as the primary key of every entity; `@IdColumn()` stores it.
 */
export function newIdentifier(): string {
  const now = Date.now();
  const random = randomBytes(10);
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    // Starts in the lower half, so that there is room to count within a millisecond.
    sequence = random.readUInt16BE(0) & 0x07ff;
  } else if (++sequence > 0x0fff) {
    lastMilliseconds += 1;
    sequence = 0;
  }
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(lastMilliseconds, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  random.copy(bytes, 8, 2);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text has the form of an identifier (any UUID in lower case). */
export function isIdentifier(text: string): boolean {
  return UUID.test(text);
}
