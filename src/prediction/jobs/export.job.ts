import { z } from 'zod';

/** Writes a checkpoint as an ONNX file. */
export const exportJob = {
  kind: 'export',
  input: z.object({
    checkpointId: z.string(),
    /** Path of the file to write. */
    file: z.string(),
  }),
  output: z.object({ bytes: z.number() }),
};
