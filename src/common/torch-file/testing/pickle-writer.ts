/** Pieces of pickles, protocol 2, put together by hand: tests say byte by byte what a file asks for. */
const bytes = (...values: number[]): Buffer => Buffer.from(values);

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

export const text = (value: string): Buffer => {
  const encoded = Buffer.from(value, 'utf8');
  return Buffer.concat([bytes(0x58), uint32(encoded.byteLength), encoded]);
};
export const integer = (value: number): Buffer => Buffer.concat([bytes(0x4a), uint32(value >>> 0)]);
export const longInteger = (...littleEndian: number[]): Buffer => bytes(0x8a, littleEndian.length, ...littleEndian);
export const global = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`);
export const tuple = (...items: Buffer[]): Buffer => Buffer.concat([bytes(0x28), ...items, bytes(0x74)]);
export const list = (...items: Buffer[]): Buffer => Buffer.concat([bytes(0x5d, 0x28), ...items, bytes(0x65)]);
export const dictionary = (...pairs: (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([bytes(0x7d, 0x28), ...pairs.flat(), bytes(0x75)]);
export const call = (callee: Buffer, ...items: Buffer[]): Buffer =>
  Buffer.concat([callee, tuple(...items), bytes(0x52)]);
export const TRUE = bytes(0x88);
export const FALSE = bytes(0x89);
export const NONE = bytes(0x4e);

export const pickle = (...body: Buffer[]): Buffer => Buffer.concat([bytes(0x80, 2), ...body, bytes(0x2e)]);

export interface TensorPieces {
  readonly storage?: string;
  readonly key?: string;
  readonly stored: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly view?: Buffer;
}

export function tensor({
  storage = 'FloatStorage',
  key = '0',
  stored,
  offset = 0,
  shape,
  stride,
  view,
}: TensorPieces): Buffer {
  const reference = tuple(
    text('storage'),
    global('torch', storage),
    text(key),
    text('cpu'),
    integer(stored),
    ...(view === undefined ? [] : [view]),
  );
  return call(
    global('torch._utils', '_rebuild_tensor_v2'),
    Buffer.concat([reference, bytes(0x51)]),
    integer(offset),
    tuple(...shape.map(integer)),
    tuple(...stride.map(integer)),
    FALSE,
    call(global('collections', 'OrderedDict')),
  );
}
