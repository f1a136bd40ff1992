import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { RequestRefusedError } from './client-errors.js';
import type { GraphqlClient } from './graphql-client.js';

const uploadSchema = z.object({ id: z.string() });
const refusalSchema = z.object({ code: z.string().optional(), message: z.string(), help: z.string().nullish() });

/** Uploads a picture file. @returns its id, to be named in predictions. @throws {RequestRefusedError} if the server refuses it */
export async function uploadPicture(client: GraphqlClient, path: string): Promise<string> {
  const response = await client.send('/images', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: await readFile(path),
  });
  const body: unknown = await response.json();
  if (response.ok) return uploadSchema.parse(body).id;
  const refusal = refusalSchema.safeParse(body);
  const { code = 'REFUSED', message, help } = refusal.data ?? { message: `HTTP ${response.status}` };
  throw new RequestRefusedError(code, `${path}: ${message}`, help ?? undefined);
}
