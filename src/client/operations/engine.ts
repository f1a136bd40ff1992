import { z } from 'zod';
import { defineOperation } from '../operation.js';

/** What the server computes with, and on which execution providers it could. */
export const ENGINE = defineOperation(
  `query Engine { engine { name version device threads providers { name available detail } } }`,
  z.object({
    engine: z.object({
      name: z.string(),
      version: z.string(),
      device: z.string(),
      threads: z.number(),
      providers: z.array(z.object({ name: z.string(), available: z.boolean(), detail: z.string() })),
    }),
  }),
);
