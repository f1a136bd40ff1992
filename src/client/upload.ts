import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { GraphqlClient } from './graphql-client.js';
import { refusalOf } from './refused-response.js';

const uploadSchema = z.object({ id: z.string() });

/** Uploads a picture file. @returns its id, to be named in predictions. @throws {RequestRefusedError} if the server refuses it */
export async function uploadPicture(client: GraphqlClient, path: string): Promise<string> {
  const response = await client.send('/images', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: await readFile(path),
  });
  if (!response.ok) throw await refusalOf(response, path);
  return uploadSchema.parse(await response.json()).id;
}
