import { totalmem } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { ImageSize, RgbImage } from '@query2label/sdk';
import { ConflictError, NotFoundError, UnreadableImageError } from '../../common/errors/index.js';
import { DatabaseService } from '../../database/index.js';
import { Dataset, DatasetStatus, Image, ImageLabel, ImageState, Label } from '../entities/index.js';
import { resizeAntialiased } from '../image/resize.js';
import { ImageStore } from '../store/image-store.js';
import type { KnownProblem, LoadedSplit } from './loaded-split.js';
import { PictureCache } from './picture-cache.js';

/** Rows fetched at a time. */
const CHUNK = 5000;
const CACHE_BYTES = Math.min(2 ** 30, totalmem() / 8);

interface SplitRow {
  readonly id: string;
  readonly path: string;
  readonly position: number;
  readonly state: ImageState;
  readonly problem: string | null;
  readonly sha256: string | null;
}

interface Cell {
  readonly imageId: string;
  readonly labelIndex: number;
  readonly value: number;
}

/** Opens splits for training and evaluation. Resized pictures stay in memory up to a gibibyte (at most an eighth of the machine's). */
@Injectable()
export class SplitReader {
  private readonly cache = new PictureCache(CACHE_BYTES);

  constructor(
    private readonly database: DatabaseService,
    private readonly store: ImageStore,
  ) {}

  /**
   * Loads ids and truth of a split, in the order of the annotations.
   * @throws NotFoundError for an unknown dataset or split; ConflictError if the dataset is not READY
   */
  async open(datasetId: string, split: string): Promise<LoadedSplit> {
    const dataset = await this.database.read.findOneBy(Dataset, { id: datasetId });
    if (dataset === null) throw new NotFoundError('dataset', datasetId);
    if (dataset.status !== DatasetStatus.READY) {
      throw new ConflictError(`Dataset "${dataset.name}" is ${dataset.status}; expected READY.`, {
        help: 'Wait for its import to end, or import it again.',
      });
    }
    const labels = await this.database.read.find(Label, { where: { datasetId }, order: { index: 'ASC' } });
    const rows = await this.rowsOf(datasetId, split);
    if (rows.length === 0) throw new NotFoundError('split', split, await this.splitsOf(datasetId));
    return {
      datasetId,
      split,
      count: rows.length,
      labels: labels.map(({ name }) => name),
      imageIds: rows.map(({ id }) => id),
      names: rows.map(({ path }) => path),
      targets: await this.targetsOf(datasetId, split, rows, labels.length),
      problems: rows.flatMap(problemOf),
      read: (index, size) => this.read(rows, index, size),
    };
  }

  private async rowsOf(datasetId: string, split: string): Promise<readonly SplitRow[]> {
    const rows: SplitRow[] = [];
    for (;;) {
      const chunk = await this.database.read
        .createQueryBuilder(Image, 'image')
        .select(['image.id', 'image.path', 'image.position', 'image.state', 'image.problem', 'image.sha256'])
        .where('image.datasetId = :datasetId AND image.split = :split', { datasetId, split })
        .andWhere('image.position > :last', { last: rows.at(-1)?.position ?? -1 })
        .orderBy('image.position')
        .limit(CHUNK)
        .getMany();
      rows.push(...chunk);
      if (chunk.length < CHUNK) return rows;
    }
  }

  /** `[rows, labels]` */
  private async targetsOf(
    datasetId: string,
    split: string,
    rows: readonly SplitRow[],
    labelCount: number,
  ): Promise<Int8Array> {
    const targets = new Int8Array(rows.length * labelCount);
    for (let start = 0; start < rows.length; start += CHUNK) {
      const chunk = rows.slice(start, start + CHUNK);
      const rowOf = new Map(chunk.map(({ id }, offset) => [id, start + offset]));
      const cells: readonly Cell[] = await this.database.read
        .createQueryBuilder(ImageLabel, 'cell')
        .innerJoin('cell.image', 'image')
        .where('image.datasetId = :datasetId AND image.split = :split', { datasetId, split })
        .andWhere('image.position BETWEEN :first AND :last', {
          first: chunk[0].position,
          last: chunk[chunk.length - 1].position,
        })
        .getMany();
      for (const { imageId, labelIndex, value } of cells) {
        const row = rowOf.get(imageId);
        if (row !== undefined) targets[row * labelCount + labelIndex] = value;
      }
    }
    return targets;
  }

  private async splitsOf(datasetId: string): Promise<string[]> {
    const found = await this.database.read
      .createQueryBuilder(Image, 'image')
      .select('DISTINCT image.split', 'split')
      .where('image.datasetId = :datasetId', { datasetId })
      .getRawMany<{ split: string }>();
    return found.map(({ split }) => split).sort();
  }

  private async read(rows: readonly SplitRow[], index: number, size: ImageSize): Promise<RgbImage> {
    const row = rows[index];
    if (row === undefined) throw new RangeError(`Row ${index}: expected 0 to ${rows.length - 1}.`);
    const { sha256, path } = row;
    if (sha256 === null) {
      throw new UnreadableImageError(row.problem ?? `${path}: the file was never stored.`, {
        help: 'Mend the file and import the dataset again, or let the run skip unreadable files.',
      });
    }
    return this.cache.get(sha256, size, async () => resizeAntialiased(await this.store.decode(sha256, path), size));
  }
}

function problemOf({ path, state, problem }: SplitRow, index: number): KnownProblem[] {
  return state === ImageState.READY ? [] : [{ index, name: path, reason: problem ?? `${path}: ${state}` }];
}
