import { DRAW_BITS, HASH_ROUND } from '../ops/keyed-hash.js';
import {
  bits,
  f32x4,
  functionModule,
  i32,
  i32x4,
  i8x16,
  local,
  narrow,
  vectorAt,
} from '../web-assembly/wasm-writer.js';

const LANES = 4;

/**
 * What is written: `draws` as float32; `masks`, float32 that are `scale` where a draw is less than `below`, else 0; or `truths`, bytes that say
 * whether it is less.
 */
export type DrawKind = 'draws' | 'masks' | 'truths';

/**
 * The bytes of a WebAssembly module with one function, `run(bytes, start, first, second, below, scale)`: draws with two round keys
 * (`ops/keyed-hash.ts`), written as so many bytes, a multiple of 16, from address `start` on.
 */
export function drawModule(kind: DrawKind): Uint8Array {
  const [start, firstKey, secondKey, belowNumber, scaleNumber, position] = [1, 2, 3, 4, 5, 6];
  const [index, first, second, below, scale, x] = [7, 8, 9, 10, 11, 12];
  const [firstFactor, secondFactor, unit, step] = [13, 14, 15, 16];
  const { get, set } = local;
  const fold = (shift: number) => [
    ...[...get(x), ...get(x), ...i32.constant(shift), ...i32x4.shiftRight],
    ...[...bits.xor, ...set(x)],
  ];
  const multiply = (factor: number) => [...get(x), ...get(factor), ...i32x4.multiply, ...set(x)];
  const round = [
    ...[...fold(HASH_ROUND.firstShift), ...multiply(firstFactor)],
    ...[...fold(HASH_ROUND.secondShift), ...multiply(secondFactor)],
    ...fold(HASH_ROUND.lastShift),
  ];
  const splat = (from: number, to: number) => [...get(from), ...i32x4.splat, ...set(to)];
  const splatNumber = (from: number, to: number) => [...get(from), ...f32x4.splat, ...set(to)];
  const splatConstant = (value: number, to: number) => [...i32.constant(value), ...i32x4.splat, ...set(to)];
  const before = [
    ...[...i32x4.constant(Int32Array.of(0, 1, 2, 3)), ...set(index)],
    ...[...splat(firstKey, first), ...splat(secondKey, second)],
    ...[...splatNumber(belowNumber, below), ...splatNumber(scaleNumber, scale)],
    ...[...splatConstant(HASH_ROUND.firstFactor, firstFactor), ...splatConstant(HASH_ROUND.secondFactor, secondFactor)],
    ...splatConstant(bitsOf(2 ** -DRAW_BITS), unit),
    ...splatConstant(LANES, step),
  ];
  // Leaves the next four draws on the stack.
  const draw = [
    ...[...get(index), ...get(first), ...bits.xor, ...set(x), ...round],
    ...[...get(x), ...get(second), ...bits.xor, ...set(x), ...round],
    ...[...get(index), ...get(step), ...i32x4.add, ...set(index)],
    ...[...get(x), ...i32.constant(32 - DRAW_BITS), ...i32x4.shiftRight, ...f32x4.fromIntegers],
    ...[...get(unit), ...f32x4.multiply],
  ];
  const less = [...draw, ...get(below), ...f32x4.less];
  const eight = [...less, ...less, ...narrow.toI16];
  const written = {
    draws: draw,
    masks: [...less, ...get(scale), ...bits.and],
    truths: [...eight, ...eight, ...narrow.toI8, ...i32.constant(1), ...i8x16.splat, ...bits.and],
  }[kind];
  const body = [...get(position), ...get(start), ...i32.add, ...written, ...vectorAt.store(0)];
  return functionModule({ integers: 3, numbers: 2, vectors: 10, before, body });
}

/** The bits of a float32 as a whole number. */
function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0] ?? 0;
}
