import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { GraphqlClient } from './graphql-client.js';
import { refusalOf } from './refused-response.js';

const uploadSchema = z.object({ id: z.string(), bytes: z.number(), sha256: z.string() });

/**
 * Sends a checkpoint file as it is read.
 * @param onBytes called with the number of bytes so far and in all
 * @returns its id, to be named in `importCheckpoint`
 * @throws {RequestRefusedError} if the server refuses it
 */
export async function uploadCheckpoint(
  client: GraphqlClient,
  path: string,
  onBytes: (bytes: number, total: number) => void,
): Promise<string> {
  const { size } = await stat(path);
  let sent = 0;
  const content = createReadStream(path);
  content.on('data', (chunk) => onBytes((sent += chunk.length), size));
  const response = await client.send('/checkpoints/uploads', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(content),
    duplex: 'half',
  });
  if (!response.ok) throw await refusalOf(response, path);
  return uploadSchema.parse(await response.json()).id;
}
