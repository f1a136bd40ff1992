import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../common/errors/index.js';
import { type ConnectionArguments, type Page, paginate } from '../common/graphql/index.js';
import { isIdentifier, newIdentifier } from '../common/identifiers.js';
import { DatabaseService } from '../database/index.js';
import { Dataset, Image, ImageLabel, ImageState, Label, Upload } from './entities/index.js';
import type { ImageFormat } from './image/image-format.js';
import { ImageStore } from './store/image-store.js';

/** An image whose file is in the store: one of a dataset, or an upload. */
export interface KnownImage {
  readonly id: string;
  readonly sha256: string;
  readonly format: ImageFormat;
  /** In pixels, EXIF orientation applied. */
  readonly width: number;
  /** In pixels, EXIF orientation applied. */
  readonly height: number;
  readonly bytes: number;
  /** What people know it by: its path in the dataset, or `upload <id>`. */
  readonly name: string;
}

/** Which images of a dataset to list. */
export interface ImageSelection extends ConnectionArguments {
  readonly dataset: string;
  readonly split?: string | null;
  /** Name of a label that must be present. */
  readonly label?: string | null;
  /** Default READY. */
  readonly state?: ImageState | null;
}

/** Finding images of datasets and uploads, and taking in uploads. */
@Injectable()
export class ImageService {
  constructor(
    private readonly database: DatabaseService,
    private readonly store: ImageStore,
  ) {}

  /**
   * The stored image of an id.
   * @throws NotFoundError if the id is neither that of a dataset image with a readable file nor that of an upload
   */
  async find(id: string): Promise<KnownImage> {
    const [image, upload] = isIdentifier(id)
      ? await Promise.all([this.database.read.findOneBy(Image, { id }), this.database.read.findOneBy(Upload, { id })])
      : [];
    if (upload) return { ...upload, name: `upload ${id}` };
    if (!image) throw new NotFoundError('image', id);
    const { sha256, format, width, height, bytes, path } = image;
    if (sha256 === null || format === null || width === null || height === null || bytes === null) {
      throw new NotFoundError('readable image', id);
    }
    return { id, sha256, format, width, height, bytes, name: path };
  }

  /**
   * Takes in a picture that a client sends, as it arrives.
   * @throws UnreadableImageError
   */
  async upload(content: AsyncIterable<Uint8Array>, name: string): Promise<Upload> {
    const stored = await this.store.put(content, name);
    const upload = Object.assign(new Upload(), { id: newIdentifier(), ...stored, createdAt: new Date() });
    return this.database.write((manager) => manager.save(upload));
  }

  /**
   * Images of a dataset in the order of the annotations.
   * @throws NotFoundError for an unknown dataset, split or label
   */
  async page(selection: ImageSelection): Promise<Page<Image>> {
    const { dataset: datasetId, split, label, state } = selection;
    if (!(await this.database.read.existsBy(Dataset, { id: datasetId }))) throw new NotFoundError('dataset', datasetId);
    const query = this.database.read
      .createQueryBuilder(Image, 'image')
      .where('image.datasetId = :datasetId', { datasetId })
      .andWhere('image.state = :state', { state: state ?? ImageState.READY });
    if (split) query.andWhere('image.split = :split', { split: await this.knownSplit(datasetId, split) });
    if (label) {
      const present = query.subQuery().select('1').from(ImageLabel, 'cell');
      present.where('cell.imageId = image.id AND cell.labelIndex = :labelIndex AND cell.value = 1');
      query.andWhere(`EXISTS ${present.getQuery()}`).setParameter('labelIndex', await this.indexOf(datasetId, label));
    }
    return paginate(query, 'image', selection, { orderBy: [{ column: 'position', direction: 'ASC' }] });
  }

  private async knownSplit(datasetId: string, split: string): Promise<string> {
    if (await this.database.read.existsBy(Image, { datasetId, split })) return split;
    const found = await this.database.read
      .createQueryBuilder(Image, 'image')
      .select('DISTINCT image.split', 'split')
      .where('image.datasetId = :datasetId', { datasetId })
      .getRawMany<{ split: string }>();
    throw new NotFoundError(
      'split',
      split,
      found.map(({ split: name }) => name),
    );
  }

  private async indexOf(datasetId: string, name: string): Promise<number> {
    const labels = await this.database.read.findBy(Label, { datasetId });
    const label = labels.find((candidate) => candidate.name === name);
    if (label !== undefined) return label.index;
    throw new NotFoundError(
      'label',
      name,
      labels.map((candidate) => candidate.name),
    );
  }
}
