import { DRAW_BITS, HASH_ROUND, SECOND_KEY_OFFSET, hashRound } from '../../ops/keyed-hash.js';
import { sizeOf } from '../../tensor-value.js';
import type { LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { castName, fresh } from './elementwise.js';
import type { Emitter } from './emitter.js';

/** The hash round of `ops/keyed-hash.ts` on uint32 tensors: the same bits. */
function emitHashRound(emitter: Emitter, value: string): string {
  const { firstShift, firstFactor, secondShift, secondFactor, lastShift } = HASH_ROUND;
  const mixed = multiply(emitter, foldIn(emitter, value, firstShift), firstFactor);
  return foldIn(emitter, multiply(emitter, foldIn(emitter, mixed, secondShift), secondFactor), lastShift);
}

function foldIn(emitter: Emitter, value: string, bits: number): string {
  return emitter.emit('BitwiseXor', [value, shiftRight(emitter, value, bits)]);
}

function shiftRight(emitter: Emitter, value: string, bits: number): string {
  return emitter.emit('BitShift', [value, emitter.unsigned(bits)], { attributes: { direction: 'RIGHT' } });
}

function multiply(emitter: Emitter, value: string, factor: number): string {
  return emitter.emit('Mul', [value, emitter.unsigned(factor)]);
}

/** The uint32 positions `0, 1, ...`. */
function positions(emitter: Emitter, count: number): string {
  const bound = (value: number) => emitter.number('int32', value);
  return castName(emitter, emitter.emit('Range', [bound(0), bound(count), bound(1)]), 'uint32');
}

export const randomLowerings: LoweringTable<'KeyedUniform'> = {
  KeyedUniform: (node, { emitter, get }) => {
    const key = castName(emitter, emitter.canonical(get(inputAt(node, 0))).name, 'uint32');
    const part = (index: number) => emitter.emit('Gather', [key, emitter.integer(index)], { attributes: { axis: 0 } });
    const xor = (a: string, b: string) => emitter.emit('BitwiseXor', [a, b]);
    const salted = emitHashRound(emitter, xor(part(0), emitter.unsigned(hashRound(node.attributes.salt) >>> 0)));
    const first = emitHashRound(emitter, xor(salted, part(1)));
    const second = emitHashRound(emitter, emitter.emit('Add', [first, emitter.unsigned(SECOND_KEY_OFFSET)]));
    const once = emitHashRound(emitter, xor(positions(emitter, sizeOf(node.shape)), first));
    const hash = emitHashRound(emitter, xor(once, second));
    const bits = castName(emitter, shiftRight(emitter, hash, 32 - DRAW_BITS), 'float32');
    const draws = emitter.emit('Mul', [bits, emitter.float(2 ** -DRAW_BITS)]);
    return fresh(emitter.reshape(draws, node.shape), node);
  },
};
