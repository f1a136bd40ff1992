import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { GraphqlClient } from './graphql-client.js';
import { refusalOf } from './refused-response.js';

/**
 * Fetches a file of the server. It has its name only when it is whole.
 * @param onBytes called with the number of bytes so far and in all
 * @returns bytes in all
 * @throws {RequestRefusedError} if the server refuses it
 */
export async function download(
  client: GraphqlClient,
  path: string,
  file: string,
  onBytes: (bytes: number, total: number) => void,
): Promise<number> {
  const response = await client.send(path);
  if (!response.ok || response.body === null) throw await refusalOf(response, path);
  const partial = `${file}.partial`;
  const total = Number(response.headers.get('content-length') ?? 0);
  let bytes = 0;
  try {
    const count = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        onBytes(bytes, total);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(partial));
    await rename(partial, file);
    return bytes;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
