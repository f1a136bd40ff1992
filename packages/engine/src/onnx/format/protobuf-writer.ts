/** Writes messages in the protocol buffers wire format: fields in the order of the calls, lengths known at the end. */
export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  /** Bytes written so far. */
  get byteLength(): number {
    return this.length;
  }

  /** A varint field; negative numbers take ten bytes, as int64. */
  integer(field: number, value: number | bigint): this {
    this.tag(field, WireType.varint);
    return this.varint(value);
  }

  /** A 32-bit float field. */
  float(field: number, value: number): this {
    this.tag(field, WireType.fixed32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.push(bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  /** A bytes field; the bytes are read when {@link finish} is called, not before. */
  bytes(field: number, value: Uint8Array): this {
    this.tag(field, WireType.delimited);
    this.varint(value.byteLength);
    return this.push(value);
  }

  message(field: number, value: ProtobufWriter): this {
    this.tag(field, WireType.delimited);
    this.varint(value.length);
    // Not spread into one call: a large graph has more chunks than a call may have arguments.
    for (const chunk of value.chunks) this.chunks.push(chunk);
    this.length += value.length;
    return this;
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let offset = 0;
    for (const chunk of this.chunks) {
      result.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return result;
  }

  private tag(field: number, type: WireType): void {
    this.varint(field * 8 + type);
  }

  private varint(value: number | bigint): this {
    return this.push(isSmall(value) ? varintOfNumber(value) : varintOfInteger(value));
  }

  private push(bytes: Uint8Array): this {
    this.chunks.push(bytes);
    this.length += bytes.byteLength;
    return this;
  }
}

enum WireType {
  varint = 0,
  delimited = 2,
  fixed32 = 5,
}

const ONE_BYTE = Array.from({ length: 128 }, (_, value) => Uint8Array.of(value));

/** Whether arithmetic of floats is exact for a value. */
function isSmall(value: number | bigint): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function varintOfNumber(value: number): Uint8Array {
  const single = ONE_BYTE[value];
  if (single !== undefined) return single;
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function varintOfInteger(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
