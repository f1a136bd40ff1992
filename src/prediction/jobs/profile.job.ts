import { z } from 'zod';

/** Sizes and costs of a preset, from its parts and recorded programs; nothing is computed. */
export const profileJob = {
  kind: 'profile',
  input: z.object({ preset: z.string(), batchSize: z.int().positive() }),
  output: z.object({
    parameters: z.number(),
    trainableParameters: z.number(),
    predictionOperations: z.number(),
    trainingOperations: z.number(),
    predictionBytes: z.number(),
    trainingBytes: z.number(),
  }),
};

/** Times training steps of a preset on this machine, with random parameters and pictures. */
export const measureStepJob = {
  kind: 'measure-step',
  input: z.object({ preset: z.string(), batchSize: z.int().positive(), steps: z.int().positive() }),
  output: z.object({
    /** Median duration of a step. */
    seconds: z.number(),
    /** Floating-point operations of a step. */
    operations: z.number(),
  }),
};
