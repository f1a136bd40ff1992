import { z } from 'zod';
import type { NewRunEvent } from '../run-changes.js';
import type { TrainingProgress } from '../trainer/training-job.js';

/** Payload of an event `progress`: where a run stands, and how its worker does. */
export const progressSchema = z.object({
  epoch: z.number(),
  epochs: z.number(),
  step: z.number(),
  totalSteps: z.number(),
  loss: z.number(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
  featuresFromCache: z.number().nullable().default(null),
  secondsLeft: z.number(),
  metric: z.number().nullable(),
  /** Memory of the worker's process; 0 in events of earlier releases. */
  residentBytes: z.number().default(0),
});

/** Payload of an event `checkpoint`: one was kept. */
export const checkpointSchema = z.object({
  kind: z.string(),
  step: z.number(),
  /** From the first byte to the renamed folder. */
  seconds: z.number(),
  bytes: z.number(),
});

export function progressEvent(progress: TrainingProgress): NewRunEvent {
  return { type: 'progress', payload: { ...progress, residentBytes: process.memoryUsage.rss() } };
}

export function checkpointEvent(payload: z.infer<typeof checkpointSchema>): NewRunEvent {
  return { type: 'checkpoint', payload };
}
