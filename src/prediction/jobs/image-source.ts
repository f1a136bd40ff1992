import { z } from 'zod';

/** Where the worker finds the bytes of a picture. The server hands them on unread. */
export const imageSourceSchema = z.discriminatedUnion('kind', [
  /** A file of the image store. */
  z.object({ kind: z.literal('stored'), sha256: z.string(), name: z.string() }),
  z.object({ kind: z.literal('base64'), text: z.string(), name: z.string() }),
]);

export type ImageSource = z.infer<typeof imageSourceSchema>;

/** Memory that a source holds while it waits, in bytes. */
export function sourceBytes(source: ImageSource): number {
  return source.kind === 'base64' ? source.text.length : 0;
}
