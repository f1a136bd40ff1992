import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { RgbImage } from '@query2label/sdk';
import { ConfigurationService } from '../../config/index.js';
import { decodeRgbFile, inspectImage } from '../image/decode-image.js';
import { SNIFFED_BYTES, sniffFormat } from '../image/image-format.js';
import type { ImageFacts, ImageLimits } from '../image/image-limits.js';
import { tooManyBytes, wrongFormat } from '../image/image-refusal.js';

/** A checked image in the store. */
export interface StoredImage extends ImageFacts {
  /** SHA-256 of the bytes, lower-case hexadecimal: the address in the store. */
  readonly sha256: string;
  /** Size of the file. */
  readonly bytes: number;
}

const SHA256 = /^[0-9a-f]{64}$/;
const ASIDE = 'leaving-';

/**
 * Image files by content: `<data folder>/images/ab/<sha256>`. A file appears under its name only when it is complete,
 * checked and on the disk; it never changes afterwards.
 */
@Injectable()
export class ImageStore {
  private readonly folder: string;
  /** Limits of one image by the configuration. */
  readonly limits: ImageLimits;

  constructor(configuration: ConfigurationService) {
    const { data, limits } = configuration.values;
    this.folder = join(data.folder, 'images');
    this.limits = { bytes: limits.uploadBytes, pixels: limits.imagePixels };
  }

  /**
   * Takes in a picture as it arrives. Reading stops as soon as the leading bytes are of no accepted format or a limit is
   * passed; nothing of a refused picture is left.
   * @param name what the caller knows the picture by, for the error
   * @throws UnreadableImageError
   */
  async put(content: AsyncIterable<Uint8Array>, name: string, limits = this.limits): Promise<StoredImage> {
    const temporary = join(this.folder, `incoming-${randomUUID()}`);
    await mkdir(this.folder, { recursive: true });
    try {
      const { sha256, bytes } = await writeDurably(temporary, content, name, limits);
      const facts = await inspectImage(await readFile(temporary), limits, name);
      const final = this.pathOf(sha256);
      await mkdir(dirname(final), { recursive: true });
      await rename(temporary, final);
      await syncFolder(dirname(final));
      return { ...facts, sha256, bytes };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Where the file of a hash lies, whether or not it exists. */
  pathOf(sha256: string): string {
    if (!SHA256.test(sha256)) throw new RangeError(`Expected 64 lower-case hexadecimal digits, received "${sha256}".`);
    return join(this.folder, sha256.slice(0, 2), sha256);
  }

  async has(sha256: string): Promise<boolean> {
    return stat(this.pathOf(sha256)).then(
      (found) => found.isFile(),
      () => false,
    );
  }

  /**
   * Removes a file that nothing refers to any more. One that was taken in since `before` stays: what refers to it may be on its way.
   * It is first put aside, so that the same content, taken in meanwhile, is never removed in its place.
   * @returns whether it was removed
   */
  async removeUnused(sha256: string, before: Date, isUsed: () => Promise<boolean>): Promise<boolean> {
    const path = this.pathOf(sha256);
    const aside = join(this.folder, `${ASIDE}${sha256}`);
    if ((await modifiedAt(path)) >= before.getTime() || (await isUsed())) return false;
    await rename(path, aside);
    let unused = false;
    try {
      unused = (await modifiedAt(aside)) < before.getTime() && !(await isUsed());
    } finally {
      // Also where nobody could say whether it is used: it is never left aside.
      if (!unused) await rename(aside, path);
    }
    if (unused) await rm(aside, { force: true });
    return unused;
  }

  /** Hashes of all files, folder by folder. */
  async *hashes(): AsyncGenerator<readonly string[]> {
    const folders = await readdir(this.folder).catch(() => []);
    for (const folder of folders.filter((name) => name.length === 2)) {
      yield (await readdir(join(this.folder, folder))).filter((name) => SHA256.test(name));
    }
  }

  /** Brings back files that a process had put aside when it ended. */
  async bringBack(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names.filter((entry) => entry.startsWith(ASIDE))) {
      const path = this.pathOf(name.slice(ASIDE.length));
      // Another process that is at it just now finds its file gone, and leaves it.
      await rename(join(this.folder, name), path).catch(() => undefined);
    }
  }

  /** The original bytes. */
  open(sha256: string): ReadStream {
    return createReadStream(this.pathOf(sha256));
  }

  /**
   * The picture at its full size (`decodeRgb`).
   * @param name what people know the picture by, for the error
   * @throws UnreadableImageError if the file is gone or damaged
   */
  decode(sha256: string, name: string): Promise<RgbImage> {
    return decodeRgbFile(this.pathOf(sha256), this.limits, name);
  }
}

async function writeDurably(
  path: string,
  content: AsyncIterable<Uint8Array>,
  name: string,
  limits: ImageLimits,
): Promise<{ sha256: string; bytes: number }> {
  const file = await open(path, 'wx');
  try {
    const hash = createHash('sha256');
    let leading = Buffer.alloc(0);
    let bytes = 0;
    for await (const chunk of content) {
      bytes += chunk.byteLength;
      if (bytes > limits.bytes) throw tooManyBytes(name, limits);
      if (leading.length < SNIFFED_BYTES) {
        leading = Buffer.concat([leading, chunk.subarray(0, SNIFFED_BYTES - leading.length)]);
        if (leading.length === SNIFFED_BYTES) checkFormat(leading, name);
      }
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    checkFormat(leading, name);
    await file.sync();
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    await file.close();
  }
}

function checkFormat(leading: Uint8Array, name: string): void {
  if (sniffFormat(leading) === undefined) throw wrongFormat(name, leading);
}

/** Makes a rename last: on POSIX systems the name is part of the folder. Windows cannot open folders and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** In milliseconds since 1970; never, as a number greater than any, if the file is not there. */
async function modifiedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity,
  );
}
