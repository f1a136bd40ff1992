/** Unsigned LEB128. */
function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of 32 bits. */
function signed(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const VECTOR_BYTES = 16;
const SIMD = 0xfd;

export const local = {
  get: (index: number): readonly number[] => [0x20, ...unsigned(index)],
  set: (index: number): readonly number[] => [0x21, ...unsigned(index)],
};

/** Instructions on 32 bits (https://webassembly.github.io/spec/core/appendix/index-instructions.html). */
export const i32 = {
  constant: (value: number): readonly number[] => [0x41, ...signed(value)],
  add: [0x6a] as const,
};

/** Instructions on four whole numbers of 32 bits. */
export const i32x4 = {
  splat: [SIMD, 0x11] as const,
  constant: (lanes: Int32Array): readonly number[] => [SIMD, 0x0c, ...new Uint8Array(lanes.buffer)],
  shiftRight: [SIMD, ...unsigned(0xad)] as const,
  add: [SIMD, ...unsigned(0xae)] as const,
  multiply: [SIMD, ...unsigned(0xb5)] as const,
};

/** Instructions on four float32. */
export const f32x4 = {
  splat: [SIMD, 0x13] as const,
  less: [SIMD, 0x43] as const,
  multiply: [SIMD, ...unsigned(0xe6)] as const,
  fromIntegers: [SIMD, ...unsigned(0xfa)] as const,
  instruction: (code: number): readonly number[] => [SIMD, ...unsigned(code)],
};

/** Brings the lowest bits of the whole numbers of two vectors, of 32 or 16 bits, into one; what is too large becomes the largest there is. */
export const narrow = {
  toI16: [SIMD, ...unsigned(0x85)] as const,
  toI8: [SIMD, ...unsigned(0x65)] as const,
};

/** Sixteen times the lowest byte of a whole number. */
export const i8x16 = { splat: [SIMD, 0x0f] as const };

/** Instructions on 128 bits. */
export const bits = {
  and: [SIMD, 0x4e] as const,
  xor: [SIMD, 0x51] as const,
};

/** Four floats at the address on the stack plus an offset. */
export const vectorAt = {
  load: (offset: number): readonly number[] => [SIMD, 0x00, 0x04, ...unsigned(offset)],
  store: (offset: number): readonly number[] => [SIMD, 0x0b, 0x04, ...unsigned(offset)],
};

export interface LoopFunction {
  /** int32 parameters behind the first, which is the length in bytes. @default 0 */
  readonly integers?: number;
  /** float32 parameters behind these. */
  readonly numbers: number;
  /** Vector locals, numbered behind the position. */
  readonly vectors: number;
  /** Code before the loop. */
  readonly before: readonly number[];
  /** Code for four elements; the local behind the parameters holds their position in bytes. */
  readonly body: readonly number[];
}

/** A WebAssembly module that imports `host.memory` and exports `run`: a loop over a length that is a multiple of 16 bytes. */
export function functionModule({ integers = 0, numbers, vectors, before, body }: LoopFunction): Uint8Array {
  const position = 1 + integers + numbers;
  const code = [
    ...before,
    ...[0x03, 0x40], // loop
    ...body,
    ...local.get(position),
    ...i32.constant(VECTOR_BYTES),
    ...i32.add,
    ...[0x22, ...unsigned(position)], // local.tee
    ...local.get(0),
    ...[0x49, 0x0d, 0x00], // i32.lt_u, br_if 0
    0x0b,
    0x0b,
  ];
  const locals = [...unsigned(2), ...unsigned(1), I32, ...unsigned(vectors), V128];
  const parameters = [...new Array<number>(1 + integers).fill(I32), ...new Array<number>(numbers).fill(F32)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([[0x60, ...unsigned(parameters.length), ...parameters, ...unsigned(0)]])),
    ...section(2, list([[...text('host'), ...text('memory'), 0x02, 0x00, ...unsigned(1)]])),
    ...section(3, list([unsigned(0)])),
    ...section(7, list([[...text('run'), 0x00, ...unsigned(0)]])),
    ...section(10, list([sized([...locals, ...code])])),
  ]);
}

function sized(bytes: readonly number[]): readonly number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...sized(content)];
}

function list(entries: readonly (readonly number[])[]): readonly number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(name: string): readonly number[] {
  return sized([...new TextEncoder().encode(name)]);
}
