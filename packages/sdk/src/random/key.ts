import type { TensorValue } from '@query2label/engine';
import { philox } from './philox.js';

/** A 64-bit key of two unsigned 32-bit words. Different keys give independent sequences. */
export type RandomKey = readonly [high: number, low: number];

const TEXT_BLOCK = 1;
const TEXT_END = 2;
const WHOLE_NUMBER = 3;

/** Mixes two words and a tag into a key: the counter of Philox is the message, its key the state so far. */
function absorb(key: RandomKey, word0: number, word1: number, tag: number): RandomKey {
  const output = new Uint32Array(4);
  philox([word0, word1, tag, 0], key, output);
  return [output[0], output[1]];
}

function absorbNumber(key: RandomKey, part: number): RandomKey {
  if (!Number.isSafeInteger(part) || part < 0) {
    throw new RangeError(
      `A random key is made of whole numbers from 0 to 2^53 - 1 and of texts; received the number ${part}.`,
    );
  }
  return absorb(key, Math.floor(part / 2 ** 32), part >>> 0, WHOLE_NUMBER);
}

function absorbText(key: RandomKey, part: string): RandomKey {
  const bytes = new TextEncoder().encode(part);
  const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / 8) * 8));
  bytes.forEach((byte, index) => padded.setUint8(index, byte));
  let state = key;
  for (let offset = 0; offset < padded.byteLength; offset += 8) {
    state = absorb(state, padded.getUint32(offset), padded.getUint32(offset + 4), TEXT_BLOCK);
  }
  return absorb(state, 0, bytes.length, TEXT_END);
}

/**
 * The key of one purpose: `keyOf(seed, 'shuffle', epoch)`, `keyOf(seed, 'augmentation', epoch, index)`. Every random draw
 * of a run starts from such a key, so that a resumed run draws what an uninterrupted one would.
 * @param seed of the run, a whole number from 0 to 2^53 - 1
 * @param parts purpose, epoch, step, index...: order and type matter, `1` and `'1'` differ
 */
export function keyOf(seed: number, ...parts: readonly (string | number)[]): RandomKey {
  return parts.reduce<RandomKey>(
    (key, part) => (typeof part === 'number' ? absorbNumber(key, part) : absorbText(key, part)),
    absorbNumber([0, 0], seed),
  );
}

/** The key as a program's input: int32 `[2]`, with the same bits. */
export function keyValue(key: RandomKey): TensorValue {
  return { dtype: 'int32', shape: [2], data: Int32Array.from(key, (word) => word | 0) };
}
