import { pipeline } from 'node:stream/promises';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { NotFoundError } from '../../common/errors/index.js';
import { discardRest } from '../../common/http/index.js';
import { contentTypeOf } from '../image/image-format.js';
import { ImageService } from '../image.service.js';
import { ImageStore } from '../store/image-store.js';
import { takePicture } from './upload-body.js';

/** What `POST /images` answers. */
export interface UploadAnswer {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly bytes: number;
  readonly url: string;
}

/** Bytes of images: uploads in, originals out. Only by id; a client never names a file. */
@Controller('images')
export class ImageController {
  constructor(
    private readonly images: ImageService,
    private readonly store: ImageStore,
  ) {}

  @Post()
  async upload(@Req() request: Request): Promise<UploadAnswer> {
    try {
      const upload = await takePicture(request, (content, name) => this.images.upload(content, name));
      const { id, width, height, format, bytes } = upload;
      return { id, width, height, format, bytes, url: `/images/${id}` };
    } catch (error) {
      discardRest(request);
      throw error;
    }
  }

  @Get(':id')
  async download(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { sha256, format, bytes } = await this.images.find(id);
    const etag = `"${sha256}"`;
    // The bytes decide the type, never the browser; should a picture hide a page, that page may do nothing.
    response.set({
      'cache-control': 'private, max-age=3600',
      'content-disposition': `inline; filename="${id}.${format}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': contentTypeOf(format),
      'x-content-type-options': 'nosniff',
      etag,
    });
    if (request.headers['if-none-match'] === etag) {
      response.status(304).end();
      return;
    }
    if (!(await this.store.has(sha256))) throw new NotFoundError('file of image', id);
    response.setHeader('content-length', bytes);
    await pipeline(this.store.open(sha256), response);
  }
}
