/** The bytes end before the value does. Not a fault yet where more of the file can be read. */
export class EndOfBytes extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('latin1');

/** Reads the little-endian numbers and texts of a pickle one after the other. */
export class ByteCursor {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    public position = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8 = (): number => this.view.getUint8(this.advance(1));
  uint16 = (): number => this.view.getUint16(this.advance(2), true);
  int32 = (): number => this.view.getInt32(this.advance(4), true);
  uint32 = (): number => this.view.getUint32(this.advance(4), true);
  /** Big-endian, unlike all else in a pickle. */
  float64 = (): number => this.view.getFloat64(this.advance(8));

  /** @throws RangeError beyond 2^53 */
  uint64 = (): number => {
    const value = Number(this.view.getBigUint64(this.advance(8), true));
    if (!Number.isSafeInteger(value)) throw new RangeError(`a length of ${value} bytes`);
    return value;
  };

  take(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** @throws TypeError if the bytes are not UTF-8 */
  text = (length: number): string => utf8.decode(this.take(length));
  latin1 = (length: number): string => latin1.decode(this.take(length));

  /** Text up to the next line feed, which is consumed. */
  line = (): string => {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new EndOfBytes();
    const text = this.text(end - this.position);
    this.position += 1;
    return text;
  };

  /** A two's complement integer of any length, least significant byte first. */
  integer = (length: number): number | bigint => {
    const bytes = this.take(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[index]);
    const signed = BigInt.asIntN(length * 8, value);
    const small = Number(signed);
    return Number.isSafeInteger(small) ? small : signed;
  };

  private advance(length: number): number {
    const start = this.position;
    if (length > this.bytes.byteLength - start) throw new EndOfBytes();
    this.position += length;
    return start;
  }
}
