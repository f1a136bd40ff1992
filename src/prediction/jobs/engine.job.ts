import { ENGINE_NAMES } from '@query2label/engine';
import { z } from 'zod';

/** What computes in a prediction process, and on which execution providers it could. */
export const engineJob = {
  kind: 'engine',
  input: z.object({}),
  output: z.object({
    name: z.enum(ENGINE_NAMES),
    version: z.string(),
    device: z.string(),
    threads: z.number(),
    /** Of onnxruntime; other engines have none. */
    providers: z.array(z.object({ name: z.string(), available: z.boolean(), detail: z.string() })),
  }),
};
