import { z } from 'zod';
import { byteArray, float32Array } from './typed-arrays.js';
import { imageSourceSchema } from './image-source.js';

/** Draws a picture under its attention map. */
export const renderJob = {
  kind: 'render',
  input: z.object({
    source: imageSourceSchema,
    rows: z.int().positive(),
    columns: z.int().positive(),
    /** `[rows, columns]` */
    values: float32Array,
    /** Longest side of the drawing in pixels; smaller pictures keep their size. */
    longestSide: z.int().positive(),
  }),
  output: z.object({ png: byteArray }),
};
