import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';
import { isIdentifier, newIdentifier } from '../../common/identifiers.js';
import { ConfigurationService } from '../../config/index.js';
import { writeAll, writeDurably } from '../container/durable-files.js';
import { FileOperations } from '../container/file-operations.js';

/** A checkpoint file that a client sent, waiting to be imported. */
export interface CheckpointUpload {
  readonly id: string;
  readonly bytes: number;
  /** Of the file, lower-case hexadecimal. */
  readonly sha256: string;
}

/** Uploads that wait at once: they are large, and a client that imports nothing must not fill the disk. */
const MOST_WAITING = 8;
const KEPT_MILLISECONDS = 24 * 3600 * 1000;
const UNFINISHED = '.part';

/** Uploaded checkpoint files: `<data folder>/checkpoint-uploads/<id>`, each kept until it is imported, a day at most. */
@Injectable()
export class UploadStore implements OnModuleInit {
  private readonly folder: string;
  private readonly limit: number;

  constructor(
    configuration: ConfigurationService,
    private readonly operations: FileOperations,
  ) {
    const { data, limits } = configuration.values;
    this.folder = join(data.folder, 'checkpoint-uploads');
    this.limit = limits.checkpointBytes;
  }

  async onModuleInit(): Promise<void> {
    await this.removeExpired();
  }

  /**
   * Takes in a file as it arrives; nothing of a refused or broken off one is left.
   * @throws InvalidInputError beyond the limit of bytes, ConflictError while too many uploads wait
   */
  async put(content: AsyncIterable<Uint8Array>): Promise<CheckpointUpload> {
    await mkdir(this.folder, { recursive: true });
    await this.removeExpired();
    await this.checkRoom();
    const id = newIdentifier();
    const unfinished = join(this.folder, `${id}${UNFINISHED}`);
    try {
      const { bytes, sha256 } = await this.write(unfinished, content);
      await rename(unfinished, join(this.folder, id));
      return { id, bytes, sha256 };
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** Path of an upload. @throws NotFoundError */
  async find(id: string): Promise<string> {
    const path = join(this.folder, id);
    const found = isIdentifier(id) ? await stat(path).catch(() => undefined) : undefined;
    if (found?.isFile() === true) return path;
    throw new NotFoundError('checkpoint upload', id);
  }

  /** Removes an upload; nothing happens if it is gone already. */
  async remove(id: string): Promise<void> {
    if (isIdentifier(id)) await rm(join(this.folder, id), { force: true });
  }

  private write(path: string, content: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }> {
    return writeDurably(this.operations, path, async (file) => {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of content) {
        bytes += chunk.byteLength;
        if (bytes > this.limit) throw tooLarge(this.limit);
        hash.update(chunk);
        await writeAll(file, chunk);
      }
      if (bytes === 0) throw InvalidInputError.field('body', 'is empty; expected the bytes of a checkpoint file');
      return { bytes, sha256: hash.digest('hex') };
    });
  }

  private async checkRoom(): Promise<void> {
    const waiting = (await readdir(this.folder)).length;
    if (waiting < MOST_WAITING) return;
    throw new ConflictError(`${waiting} checkpoint uploads wait to be imported; at most ${MOST_WAITING} do.`, {
      help: 'Import them, or wait: an upload is removed after a day.',
    });
  }

  private async removeExpired(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names) {
      const path = join(this.folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > KEPT_MILLISECONDS) await rm(path, { force: true });
    }
  }
}

function tooLarge(limit: number): InvalidInputError {
  return InvalidInputError.field(
    'body',
    `larger than ${limit} bytes, the most that is taken of one checkpoint file`,
    'The operator may raise limits.checkpointBytes (Q2L_LIMIT_CHECKPOINT_BYTES), or place the file in an import folder.',
  );
}
