import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { NotFoundError, UnreadableImageError } from '../../common/errors/index.js';
import { ConfigurationService } from '../../config/index.js';
import { DatabaseService } from '../../database/index.js';
import { Image, Upload } from '../../dataset/entities/index.js';
import type { ImageSource } from '../jobs/image-source.js';

/** A picture as a request names it. */
export type RequestedImage = { readonly imageId: string } | { readonly base64: string };

/** Finds the files of requested images, all with two queries; one that does not exist is an error of its own. */
@Injectable()
export class ImageSources {
  private readonly maximumBytes: number;

  constructor(
    private readonly database: DatabaseService,
    configuration: ConfigurationService,
  ) {
    this.maximumBytes = configuration.values.limits.uploadBytes;
  }

  async find(images: readonly RequestedImage[]): Promise<(ImageSource | NotFoundError | UnreadableImageError)[]> {
    const ids = images.flatMap((image) => ('imageId' in image ? [image.imageId] : []));
    const stored = await this.stored(ids);
    return images.map((image, index) => {
      if ('base64' in image) return this.inline(image.base64, `image ${index}`);
      return stored.get(image.imageId) ?? new NotFoundError('image', image.imageId);
    });
  }

  private async stored(ids: readonly string[]): Promise<Map<string, ImageSource>> {
    if (ids.length === 0) return new Map();
    const [images, uploads] = await Promise.all([
      this.database.read.find(Image, { select: { id: true, sha256: true, path: true }, where: { id: In([...ids]) } }),
      this.database.read.find(Upload, { select: { id: true, sha256: true }, where: { id: In([...ids]) } }),
    ]);
    const sources = new Map<string, ImageSource>();
    for (const { id, sha256, path } of images) {
      if (sha256 !== null) sources.set(id, { kind: 'stored', sha256, name: path });
    }
    for (const { id, sha256 } of uploads) sources.set(id, { kind: 'stored', sha256, name: `upload ${id}` });
    return sources;
  }

  private inline(base64: string, name: string): ImageSource | UnreadableImageError {
    // A data URL is taken as well: what browsers hand out.
    const text = base64.startsWith('data:') ? base64.slice(base64.indexOf(',') + 1) : base64;
    const bytes = Math.floor((text.length * 3) / 4);
    if (bytes <= this.maximumBytes + 2) return { kind: 'base64', text, name };
    return new UnreadableImageError(`${name}: about ${bytes} bytes; at most ${this.maximumBytes} are accepted.`, {
      help: 'Send a smaller picture, or raise limits.uploadBytes.',
    });
  }
}
