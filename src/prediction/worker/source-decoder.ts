import { Injectable } from '@nestjs/common';
import type { RgbImage } from '@query2label/sdk';
import { decodeRgb } from '../../dataset/image/decode-image.js';
import { ImageStore } from '../../dataset/store/image-store.js';
import type { ImageSource } from '../jobs/image-source.js';

/** Turns what a request names into pictures. */
@Injectable()
export class SourceDecoder {
  constructor(private readonly store: ImageStore) {}

  /** The picture at its full size. @throws UnreadableImageError */
  decode(source: ImageSource): Promise<RgbImage> {
    if (source.kind === 'stored') return this.store.decode(source.sha256, source.name);
    return decodeRgb(Buffer.from(source.text, 'base64'), this.store.limits, source.name);
  }
}
