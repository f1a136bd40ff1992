import { z } from 'zod';

/** Numbers as they come out of the structured clone of a message. */
export const float32Array = z.custom<Float32Array>((value) => value instanceof Float32Array, 'expected a Float32Array');

export const byteArray = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected a Uint8Array');
