import { z } from 'zod';

/** What the server sends to a worker process. */
export const requestMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), id: z.int(), kind: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('cancel'), id: z.int() }),
  /** Finish what was begun, then exit. */
  z.object({ type: z.literal('stop') }),
]);

/** An error on its way from a worker: an expected one keeps its code, help and details. */
export const remoteErrorSchema = z.object({
  expected: z.boolean(),
  code: z.string(),
  message: z.string(),
  help: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  stack: z.string().optional(),
});

/** What a worker process sends to the server. */
export const replyMessageSchema = z.discriminatedUnion('type', [
  /** Everything is loaded; jobs may come. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('progress'), id: z.int(), value: z.unknown() }),
  z.object({ type: z.literal('result'), id: z.int(), value: z.unknown() }),
  z.object({ type: z.literal('failure'), id: z.int(), error: remoteErrorSchema }),
]);

export type RequestMessage = z.infer<typeof requestMessageSchema>;
export type ReplyMessage = z.infer<typeof replyMessageSchema>;
export type RemoteError = z.infer<typeof remoteErrorSchema>;
