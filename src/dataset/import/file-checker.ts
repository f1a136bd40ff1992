import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { UnreadableImageError } from '../../common/errors/index.js';
import type { DatabaseService } from '../../database/index.js';
import { Limiter } from '../batch/limiter.js';
import { type Dataset, Image, ImageState } from '../entities/index.js';
import { hasCode } from '../files/error-code.js';
import type { ImageStore } from '../store/image-store.js';
import type { ImportFolder } from './import-folder.js';
import type { PhaseProgress } from './import-progress.js';

/** Entries looked at between two transactions. */
const CHUNK = 100;
const PARALLEL_FILES = Math.min(8, availableParallelism());

type Finding = Pick<Image, 'state' | 'problem' | 'sha256' | 'format' | 'width' | 'height' | 'bytes'>;

const NOTHING = { sha256: null, format: null, width: null, height: null, bytes: null };

/** Looks at the files of all pending entries: stores the sound ones, notes what is wrong with the others. */
export class FileChecker {
  private readonly limiter = new Limiter(PARALLEL_FILES);

  constructor(
    private readonly database: DatabaseService,
    private readonly store: ImageStore,
    private readonly folder: ImportFolder,
  ) {}

  async checkAll(dataset: Dataset, progress: PhaseProgress): Promise<void> {
    let last = -1;
    for (;;) {
      const images = await this.pendingAfter(dataset, last);
      if (images.length === 0) return;
      const findings = await Promise.all(images.map((image) => this.limiter.run(() => this.check(image))));
      await this.database.write(async (manager) => {
        for (const [index, { id }] of images.entries()) await manager.update(Image, id, findings[index]);
      });
      progress.advance(images.length);
      last = images[images.length - 1].position;
    }
  }

  private pendingAfter({ id, generation }: Dataset, position: number): Promise<Image[]> {
    return this.database.read
      .createQueryBuilder(Image, 'image')
      .where('image.datasetId = :id AND image.generation = :generation', { id, generation })
      .andWhere('image.state = :state AND image.position > :position', { state: ImageState.PENDING, position })
      .orderBy('image.position')
      .limit(CHUNK)
      .getMany();
  }

  private async check(image: Image): Promise<Finding> {
    const located = await this.folder.locate(image.path);
    if (located.kind === 'missing') return problem(ImageState.MISSING, `${image.path}: there is no such file.`);
    if (located.kind !== 'file') {
      const what = located.kind === 'folder' ? 'is a folder' : 'leads out of the imported folder and is not opened';
      return problem(ImageState.UNREADABLE, `${image.path}: ${what}; expected an image file.`);
    }
    if (await this.isUnchanged(image, located.realPath)) {
      const { sha256, format, width, height, bytes } = image;
      return { state: ImageState.READY, problem: null, sha256, format, width, height, bytes };
    }
    try {
      const stored = await this.store.put(createReadStream(located.realPath), image.path);
      return { state: ImageState.READY, problem: null, ...stored };
    } catch (error) {
      if (error instanceof UnreadableImageError) return problem(ImageState.UNREADABLE, error.message);
      if (hasCode(error, 'EACCES', 'EPERM'))
        return problem(ImageState.UNREADABLE, `${image.path}: the server may not read this file.`);
      throw error;
    }
  }

  /** An earlier import stored this file, and it has the same content still. */
  private async isUnchanged({ sha256 }: Image, realPath: string): Promise<boolean> {
    if (sha256 === null || !(await this.store.has(sha256))) return false;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(realPath)) if (chunk instanceof Uint8Array) hash.update(chunk);
    return hash.digest('hex') === sha256;
  }
}

function problem(state: ImageState, text: string): Finding {
  return { state, problem: text, ...NOTHING };
}
