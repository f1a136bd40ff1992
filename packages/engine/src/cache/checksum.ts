import { open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';

const BLOCK_BYTES = 8 * 1024 * 1024;

/** CRC-32 of a file. */
export async function checksumOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let checksum = 0;
    for (;;) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES);
      if (bytesRead === 0) return checksum;
      checksum = crc32(block.subarray(0, bytesRead), checksum);
    }
  } finally {
    await file.close();
  }
}

/** The same, as a text: a file would have to be found from sources as well as from what is built of them. */
const THREAD = `
  const { closeSync, openSync, readSync } = require('node:fs');
  const { parentPort, workerData: { path, blockBytes } } = require('node:worker_threads');
  const { crc32 } = require('node:zlib');
  const file = openSync(path);
  const block = Buffer.allocUnsafe(blockBytes);
  let checksum = 0;
  for (let read; (read = readSync(file, block, 0, blockBytes)) > 0; ) checksum = crc32(block.subarray(0, read), checksum);
  closeSync(file);
  parentPort.postMessage(checksum);
`;

/** CRC-32 of a file, in a thread of its own: this one may be busy meanwhile, as it is while a session starts. */
export function checksumBeside(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(THREAD, { eval: true, workerData: { path, blockBytes: BLOCK_BYTES } });
    thread.once('message', resolve).once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread that reads ${path} ended with code ${code}.`)));
  });
}
