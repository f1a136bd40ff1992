import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { AttentionStore } from './serving/attention-store.js';

/** Drawings of attention maps, at the URLs that predictions answer. */
@Controller('predictions/attention')
export class AttentionController {
  constructor(private readonly pictures: AttentionStore) {}

  @Get(':id.png')
  @Header('Cache-Control', 'private, max-age=600, immutable')
  async png(@Param('id') id: string): Promise<StreamableFile> {
    return new StreamableFile(await this.pictures.png(id), { type: 'image/png' });
  }
}
