import { Controller, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidInputError } from '../../common/errors/index.js';
import { discardRest } from '../../common/http/index.js';
import { type CheckpointUpload, UploadStore } from './upload.store.js';

/** Checkpoint files coming in; the mutation importCheckpoint names them by the id that they get here. */
@Controller('checkpoints/uploads')
export class UploadController {
  constructor(private readonly uploads: UploadStore) {}

  @Post()
  async upload(@Req() request: Request): Promise<CheckpointUpload> {
    try {
      const type = request.headers['content-type'] ?? 'none';
      if (!type.toLowerCase().startsWith('application/octet-stream')) {
        throw InvalidInputError.field('content-type', `received ${type}; expected application/octet-stream`);
      }
      // The iterator must not destroy the request when reading stops early: the answer goes out by the same socket.
      return await this.uploads.put(request.iterator({ destroyOnReturn: false }));
    } catch (error) {
      discardRest(request);
      throw error;
    }
  }
}
