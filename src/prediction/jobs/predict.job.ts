import { z } from 'zod';
import type { AttentionView } from '../../pipeline/attention-view.js';
import { float32Array } from './typed-arrays.js';
import { remoteErrorSchema } from '../supervisor/worker-messages.js';
import { imageSourceSchema } from './image-source.js';

const attentionViewSchema: z.ZodType<AttentionView> = z.object({
  layer: z.union([z.int(), z.enum(['last', 'mean'])]),
  head: z.union([z.int(), z.literal('mean')]),
});

const imageAnswerSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** Of the picture itself, orientation applied. */
    width: z.int(),
    height: z.int(),
    /** `[labels]` */
    probabilities: float32Array,
    /** `[labels, rows, columns]`; `null` where it was not asked for. */
    attention: float32Array.nullable(),
    decodeMilliseconds: z.number(),
    computeMilliseconds: z.number(),
  }),
  z.object({ ok: z.literal(false), error: remoteErrorSchema }),
]);

export type ImageAnswer = z.infer<typeof imageAnswerSchema>;

/** Images through one model. An image that cannot be read fails alone. */
export const predictJob = {
  kind: 'predict',
  input: z.object({
    checkpointId: z.string(),
    images: z
      .array(
        z.object({
          source: imageSourceSchema,
          /** `null` for an answer without attention. */
          attention: attentionViewSchema.nullable(),
        }),
      )
      .min(1),
  }),
  output: z.object({
    answers: z.array(imageAnswerSchema),
    /** Size of the attention maps. */
    grid: z.object({ rows: z.int(), columns: z.int() }),
    /** What whoever asked has to know of the model. */
    notice: z.string().nullable(),
  }),
};

/** Compiles and warms a model up, so that the first prediction does not wait. */
export const loadJob = {
  kind: 'load',
  input: z.object({ checkpointId: z.string() }),
  output: z.object({ milliseconds: z.number() }),
};
